import com.amazonaws.services.dynamodbv2.local.main.ServerRunner;
import com.amazonaws.services.dynamodbv2.local.server.DynamoDBProxyServer;
import java.util.logging.LogManager;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * Starts DynamoDB Local on a free port of 127.0.0.1, prints that port, and ends with its parent.
 *
 * <p>DynamoDB Local has no option for the address it binds and refuses port 0. Its server is
 * therefore built from the usual arguments and its connector moved before it starts.
 */
public final class LoopbackDynamoDb {
    public static void main(String[] arguments) throws Exception {
        // It warns about its own libraries at every start; its log proper is log4j's.
        LogManager.getLogManager().reset();

        DynamoDBProxyServer proxy = ServerRunner.createServerFromCommandLineArgs(
                new String[] {"-inMemory", "-sharedDb", "-disableTelemetry"});
        var field = DynamoDBProxyServer.class.getDeclaredField("server");
        field.setAccessible(true);
        ServerConnector connector = null;
        for (Connector each : ((Server) field.get(proxy)).getConnectors()) {
            connector = (ServerConnector) each;
            connector.setHost("127.0.0.1");
            connector.setPort(0);
        }
        proxy.safeStart();
        System.out.println("port " + connector.getLocalPort());

        // Standard input ends when the parent does, however the parent ends.
        while (System.in.read() >= 0) {}
        Runtime.getRuntime().halt(0);
    }
}
