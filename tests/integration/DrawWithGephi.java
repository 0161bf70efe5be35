import java.awt.Font;
import java.io.File;
import java.util.List;
import org.gephi.graph.api.Graph;
import org.gephi.graph.api.GraphController;
import org.gephi.graph.api.Node;
import org.gephi.io.exporter.api.ExportController;
import org.gephi.io.exporter.preview.SVGExporter;
import org.gephi.io.importer.api.Container;
import org.gephi.io.importer.api.ImportController;
import org.gephi.io.processor.plugin.DefaultProcessor;
import org.gephi.preview.api.PreviewController;
import org.gephi.preview.api.PreviewProperties;
import org.gephi.preview.api.PreviewProperty;
import org.gephi.project.api.ProjectController;
import org.openide.util.Lookup;

/** Draws a graph file as it is, but for its papers and results, without any layout: java DrawWithGephi.java FILE SVG. */
public class DrawWithGephi {
    private static final float NAMED = 15;

    public static void main(String[] arguments) throws Exception {
        ProjectController projects = Lookup.getDefault().lookup(ProjectController.class);
        projects.newProject();
        ImportController importer = Lookup.getDefault().lookup(ImportController.class);
        Container container = importer.importFile(new File(arguments[0]));
        container.getLoader().setAutoScale(false);
        importer.process(container, new DefaultProcessor(), projects.getCurrentWorkspace());
        Graph graph = Lookup.getDefault().lookup(GraphController.class).getGraphModel().getGraph();
        for (Node node : graph.getNodes().toArray()) {
            if (List.of("Paper", "Result").contains(node.getAttribute("kind"))) {
                graph.removeNode(node);
            } else if (node.size() < NAMED) {
                node.setLabel("");
            }
        }
        PreviewProperties look = Lookup.getDefault().lookup(PreviewController.class).getModel().getProperties();
        look.putValue(PreviewProperty.SHOW_NODE_LABELS, true);
        look.putValue(PreviewProperty.NODE_LABEL_PROPORTIONAL_SIZE, false);
        look.putValue(PreviewProperty.NODE_LABEL_FONT, new Font("Liberation Sans", Font.PLAIN, 15));
        look.putValue(PreviewProperty.NODE_LABEL_OUTLINE_SIZE, 3f);
        look.putValue(PreviewProperty.NODE_LABEL_OUTLINE_OPACITY, 80f);
        look.putValue(PreviewProperty.EDGE_OPACITY, 60f);
        SVGExporter exporter = new SVGExporter();
        exporter.setWorkspace(projects.getCurrentWorkspace());
        Lookup.getDefault().lookup(ExportController.class).exportFile(new File(arguments[1]), exporter);
    }
}
