import java.io.File;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.gephi.graph.api.Column;
import org.gephi.graph.api.Edge;
import org.gephi.graph.api.Element;
import org.gephi.graph.api.Graph;
import org.gephi.graph.api.GraphController;
import org.gephi.graph.api.GraphModel;
import org.gephi.graph.api.Node;
import org.gephi.graph.api.Table;
import org.gephi.io.importer.api.Container;
import org.gephi.io.importer.api.ImportController;
import org.gephi.io.processor.plugin.DefaultProcessor;
import org.gephi.project.api.ProjectController;
import org.openide.util.Lookup;

/** What Gephi makes of a graph file, as lines of tab-separated words, C escapes in them: java ReadWithGephi.java FILE. */
public class ReadWithGephi {
    private static final PrintStream OUT = new PrintStream(System.out, false, StandardCharsets.UTF_8);

    public static void main(String[] arguments) throws Exception {
        ProjectController projects = Lookup.getDefault().lookup(ProjectController.class);
        projects.newProject();
        ImportController importer = Lookup.getDefault().lookup(ImportController.class);
        Container container = importer.importFile(new File(arguments[0]));
        container.getLoader().setAutoScale(false);
        importer.process(container, new DefaultProcessor(), projects.getCurrentWorkspace());
        GraphModel model = Lookup.getDefault().lookup(GraphController.class).getGraphModel();
        Graph graph = model.getGraph();
        print("issues", container.getReport().getText().strip());
        print("time", model.getTimeBounds().getLow(), model.getTimeBounds().getHigh());
        for (Node node : graph.getNodes()) {
            String color = String.format("#%06x", node.getColor().getRGB() & 0xffffff);
            print("node", node.getId(), node.x(), node.y(), node.size(), color, Arrays.toString(node.getIntervals()));
            values("node", model.getNodeTable(), node);
        }
        for (Edge edge : graph.getEdges()) {
            Node head = edge.getSource();
            Node tail = edge.getTarget();
            String years = Arrays.toString(edge.getIntervals());
            print("edge", edge.getId(), head.getId(), tail.getId(), edge.getTypeLabel(), edge.getWeight(), years);
            values("edge", model.getEdgeTable(), edge);
        }
        OUT.flush();
    }

    /** The label of a node or edge and the values of all its columns. */
    private static void values(String what, Table table, Element element) {
        if (element.getLabel() != null) {
            print(what + " value", element.getId(), "label", "String", element.getLabel());
        }
        for (Column column : table) {
            Object value = column.isProperty() ? null : element.getAttribute(column);
            if (value != null) {
                print(what + " value", element.getId(), column.getTitle(), column.getTypeClass().getSimpleName(), value);
            }
        }
    }

    private static void print(Object... words) {
        OUT.println(String.join("\t", Arrays.stream(words).map(ReadWithGephi::escaped).toList()));
    }

    private static String escaped(Object word) {
        String text = String.valueOf(word).replace("\\", "\\\\").replace("\t", "\\t");
        return text.replace("\n", "\\n").replace("\r", "\\r");
    }
}
