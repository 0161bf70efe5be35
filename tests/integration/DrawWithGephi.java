import java.awt.Font;
import java.awt.font.FontRenderContext;
import java.awt.geom.Rectangle2D;
import java.io.File;
import java.util.ArrayList;
import java.util.Comparator;
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

/**
 * Draws a graph file as it is, but for its papers and results, without any layout: java DrawWithGephi.java FILE SVG.
 *
 * Larger nodes are named, from the largest on, where the name does not run into another.
 */
public class DrawWithGephi {
    private static final float NAMED = 10;
    private static final Font FONT = new Font("Liberation Sans", Font.BOLD, 20);

    public static void main(String[] arguments) throws Exception {
        ProjectController projects = Lookup.getDefault().lookup(ProjectController.class);
        projects.newProject();
        ImportController importer = Lookup.getDefault().lookup(ImportController.class);
        Container container = importer.importFile(new File(arguments[0]));
        container.getLoader().setAutoScale(false);
        importer.process(container, new DefaultProcessor(), projects.getCurrentWorkspace());
        Graph graph = Lookup.getDefault().lookup(GraphController.class).getGraphModel().getGraph();
        List<Node> nodes = new ArrayList<>();
        for (Node node : graph.getNodes().toArray()) {
            if (List.of("Paper", "Result").contains(node.getAttribute("kind"))) {
                graph.removeNode(node);
            } else {
                nodes.add(node);
            }
        }
        nodes.sort(Comparator.comparing((Node node) -> -node.size()).thenComparing(node -> (String) node.getId()));
        List<Rectangle2D> taken = new ArrayList<>();
        for (Node node : nodes) {
            Rectangle2D name = FONT.getStringBounds(node.getLabel(), new FontRenderContext(null, true, true));
            name.setRect(node.x() - name.getWidth() / 2, node.y() - name.getHeight() / 2, name.getWidth(), name.getHeight());
            if (node.size() < NAMED || taken.stream().anyMatch(name::intersects)) {
                node.setLabel("");
            } else {
                taken.add(name);
            }
        }
        PreviewProperties look = Lookup.getDefault().lookup(PreviewController.class).getModel().getProperties();
        look.putValue(PreviewProperty.SHOW_NODE_LABELS, true);
        look.putValue(PreviewProperty.NODE_LABEL_PROPORTIONAL_SIZE, false);
        look.putValue(PreviewProperty.NODE_LABEL_FONT, FONT);
        look.putValue(PreviewProperty.NODE_LABEL_OUTLINE_SIZE, 5f);
        look.putValue(PreviewProperty.NODE_LABEL_OUTLINE_OPACITY, 85f);
        look.putValue(PreviewProperty.EDGE_OPACITY, 45f);
        SVGExporter exporter = new SVGExporter();
        exporter.setWorkspace(projects.getCurrentWorkspace());
        Lookup.getDefault().lookup(ExportController.class).exportFile(new File(arguments[1]), exporter);
    }
}
