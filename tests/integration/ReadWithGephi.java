import java.io.File;
import java.util.Arrays;
import org.gephi.graph.api.Column;
import org.gephi.graph.api.Edge;
import org.gephi.graph.api.Graph;
import org.gephi.graph.api.GraphController;
import org.gephi.graph.api.GraphModel;
import org.gephi.graph.api.Node;
import org.gephi.io.importer.api.Container;
import org.gephi.io.importer.api.ImportController;
import org.gephi.io.processor.plugin.DefaultProcessor;
import org.gephi.project.api.ProjectController;
import org.openide.util.Lookup;

/** What Gephi makes of a graph file, as lines of tab-separated words: java ReadWithGephi.java FILE. */
public class ReadWithGephi {
    public static void main(String[] arguments) throws Exception {
        ProjectController projects = Lookup.getDefault().lookup(ProjectController.class);
        projects.newProject();
        ImportController importer = Lookup.getDefault().lookup(ImportController.class);
        Container container = importer.importFile(new File(arguments[0]));
        container.getLoader().setAutoScale(false);
        importer.process(container, new DefaultProcessor(), projects.getCurrentWorkspace());
        GraphModel model = Lookup.getDefault().lookup(GraphController.class).getGraphModel();
        Graph graph = model.getGraph();
        print("issues", container.getReport().getText().strip().replace('\n', ' '));
        print("time", model.getTimeBounds().getLow(), model.getTimeBounds().getHigh());
        for (Column column : model.getNodeTable()) {
            print("column", column.getTitle(), column.getTypeClass().getSimpleName());
        }
        for (Node node : graph.getNodes()) {
            String color = String.format("#%06x", node.getColor().getRGB() & 0xffffff);
            print("node", node.getId(), node.x(), node.y(), node.size(), color, Arrays.toString(node.getIntervals()));
        }
        for (Edge edge : graph.getEdges()) {
            Node head = edge.getSource();
            Node tail = edge.getTarget();
            String years = Arrays.toString(edge.getIntervals());
            print("edge", edge.getId(), head.getId(), tail.getId(), edge.getTypeLabel(), edge.getWeight(), years);
        }
    }

    private static void print(Object... words) {
        System.out.println(String.join("\t", Arrays.stream(words).map(String::valueOf).toList()));
    }
}
