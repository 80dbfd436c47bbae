package dev.origo.dataplane;

import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// A server with a certificate that nobody vouches for, made by the JDK's keytool.
final class TestTls {
    private static final String PASSWORD = "changeit";

    private TestTls() {}

    /// Answers over TLS after a request's first bytes.
    static Backend.Service answering(String text) throws Exception {
        SSLContext context = context();
        return socket -> {
            try (Socket tls =
                    context.getSocketFactory().createSocket(socket, (InputStream) null, true)) {
                if (tls.getInputStream().read(new byte[4_096]) > 0) {
                    tls.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
                }
            }
        };
    }

    private static SSLContext context() throws Exception {
        Path directory = Files.createTempDirectory("origo-test-tls");
        Path file = directory.resolve("keys.p12");
        try {
            String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
            String command =
                    "%s -genkeypair -alias a -keyalg EC -groupname secp256r1 -dname CN=node -validity 1 -storetype PKCS12 -storepass %s -keystore %s"
                            .formatted(keytool, PASSWORD, file);
            Process made = new ProcessBuilder(command.split(" ")).inheritIO().start();
            if (made.waitFor() != 0) {
                throw new IllegalStateException("keytool ended with " + made.exitValue());
            }
            KeyStore store = KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
            KeyManagerFactory keys =
                    KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, PASSWORD.toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } finally {
            Files.deleteIfExists(file);
            Files.delete(directory);
        }
    }
}
