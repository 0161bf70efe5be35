import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.Node;
import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFDataMgr;
import org.apache.jena.riot.RDFParser;
import org.apache.jena.riot.system.StreamRDF;
import org.apache.jena.riot.system.StreamRDFWriter;
import org.apache.jena.shacl.ShaclValidator;
import org.apache.jena.shacl.Shapes;
import org.apache.jena.shacl.ValidationReport;
import org.apache.jena.shacl.validation.ReportEntry;

/** Reads RDF with Apache Jena: "quads IN OUT ..." writes N-Quads, "shacl SHAPES ONTOLOGY FILE ..." prints violations. */
public class ReadWithJena {
    public static void main(String[] args) throws Exception {
        if (args[0].equals("quads")) {
            for (int i = 1; i < args.length; i += 2) {
                try (OutputStream out = Files.newOutputStream(Path.of(args[i + 1]))) {
                    StreamRDF writer = StreamRDFWriter.getWriterStream(out, Lang.NQUADS);
                    writer.start();
                    RDFParser.source(args[i]).checking(true).parse(writer);
                    writer.finish();
                }
            }
            return;
        }
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        Shapes shapes = Shapes.parse(RDFDataMgr.loadGraph(args[1]));
        for (int i = 3; i < args.length; i++) {
            Graph data = RDFDataMgr.loadGraph(args[i]);
            RDFParser.source(args[2]).parse(data);
            ValidationReport report = ShaclValidator.get().validate(shapes, data);
            out.println(args[i] + "\t" + report.conforms());
            for (ReportEntry entry : report.getEntries()) {
                out.println(args[i] + "\t" + said(entry.message()) + "\t" + said(entry.focusNode()) + "\t" + said(entry.value()));
            }
        }
        out.flush();
    }

    private static String said(Object value) {
        if (value instanceof Node node) {
            value = node.isURI() ? node.getURI() : node.isLiteral() ? node.getLiteralLexicalForm() : node.toString();
        }
        return value == null ? "" : value.toString().replaceAll("\\s+", " ");
    }
}
