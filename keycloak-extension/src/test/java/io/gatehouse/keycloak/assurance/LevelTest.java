package io.gatehouse.keycloak.assurance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

class LevelTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void aTrustedBrowserIsWeakerThanEmailThanSmsThanTotpThanAPasskey() {
        assertEquals("[device, email, sms, totp, passkey]", Arrays.stream(Level.values()).map(Level::acr).toList().toString());
        assertEquals(Optional.of(Level.EMAIL), Level.ofCredentialType("recovery-authn-codes"));
        assertTrue(Level.ofCredentialType("password").isEmpty());
        assertTrue(Level.ofCredentialType(null).isEmpty());
    }

    @Test
    void theRealmSaysTheSameToKeycloak() throws IOException {
        JsonNode realm = JSON.readTree(Path.of("../realm-export/gatehouse-realm.json").toFile());
        Map<String, Integer> expected = Arrays.stream(Level.values()).collect(Collectors.toMap(Level::acr, Level::number));

        JsonNode map = JSON.readTree(realm.at("/attributes/acr.loa.map").asText());
        assertEquals(JSON.valueToTree(expected), JSON.readTree(map.toString()));
        for (JsonNode config : realm.path("authenticatorConfig")) {
            Optional<Level> level = Optional.of(config.path("alias").asText()).filter(alias -> alias.startsWith("level-"))
                    .map(alias -> alias.substring("level-".length())).flatMap(Level::ofAcr);
            level.ifPresent(known -> assertEquals(Integer.toString(known.number()), config.at("/config/loa-condition-level").asText()));
        }
    }
}
