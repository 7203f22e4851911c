package io.gatehouse.keycloak.events;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;

import org.keycloak.Config;

/**
 * Options of the SPI {@code events-listener}, provider {@code gatehouse}.
 *
 * @param enabled          whether events are captured and relayed at all
 * @param realms           names of the realms whose events are captured
 * @param bootstrapServers Kafka brokers; without them rows are kept and not sent
 * @param topic            where records go
 * @param producer         further producer properties, such as SASL and TLS
 */
public record EventsConfig(boolean enabled, Set<String> realms, String bootstrapServers, String topic, Properties producer) {

    static final String DEFAULT_TOPIC = "gatehouse.keycloak-events.v1";
    static final String DEFAULT_REALM = "gatehouse";

    static EventsConfig from(Config.Scope scope) {
        Set<String> realms = Arrays.stream(scope.get("realms", DEFAULT_REALM).split(","))
                .map(String::trim).filter(name -> !name.isEmpty()).collect(Collectors.toUnmodifiableSet());
        return new EventsConfig(scope.getBoolean("enabled", true), realms, blankToNull(scope.get("bootstrapServers")),
                scope.get("topic", DEFAULT_TOPIC), read(scope.get("propertiesFile")));
    }

    private static Properties read(String file) {
        Properties properties = new Properties();
        if (file != null && !file.isBlank()) {
            try (Reader reader = Files.newBufferedReader(Path.of(file))) {
                properties.load(reader);
            } catch (IOException e) {
                throw new IllegalArgumentException(
                        "spi-events-listener--gatehouse--properties-file: expected a readable properties file, but " + e.getMessage(), e);
            }
        }
        return properties;
    }

    private static String blankToNull(String value) {
        return value == null || value.isBlank() ? null : value;
    }
}
