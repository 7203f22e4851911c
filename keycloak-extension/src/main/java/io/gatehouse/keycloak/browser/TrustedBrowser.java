package io.gatehouse.keycloak.browser;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.keycloak.common.util.Time;
import org.keycloak.credential.CredentialModel;
import org.keycloak.models.UserModel;
import org.keycloak.util.JsonSerialization;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A browser that a person trusts, as a credential of theirs: listed and removed like any other. It holds the digest of the token in the
 * browser's cookie and the digest of the credentials that were there when it was trusted; when one of them changes, the trust is over.
 */
final class TrustedBrowser {

    static final String TYPE = "gh-browser";

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Data(@JsonProperty("credentials") String credentials) {
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Secret(@JsonProperty("token_sha256") String token) {
    }

    private TrustedBrowser() {
    }

    static Stream<CredentialModel> of(UserModel user) {
        return user.credentialManager().getStoredCredentialsByTypeStream(TYPE);
    }

    static CredentialModel create(UserModel user, String token, String label) {
        CredentialModel model = new CredentialModel();
        model.setType(TYPE);
        model.setCreatedDate(Time.currentTimeMillis());
        model.setUserLabel(label);
        model.setCredentialData(write(new Data(credentials(user))));
        model.setSecretData(write(new Secret(digest(token))));
        return model;
    }

    /** Whether the trust still holds: it is no older than {@code days}, and password and factors are the same as then. */
    static boolean holds(CredentialModel model, UserModel user, int days) {
        long age = Time.currentTimeMillis() - model.getCreatedDate();
        return age >= 0 && age < Duration.ofDays(days).toMillis()
                && credentials(user).equals(read(model.getCredentialData(), Data.class).credentials());
    }

    static boolean hasToken(CredentialModel model, String token) {
        String expected = read(model.getSecretData(), Secret.class).token();
        return expected != null && MessageDigest.isEqual(expected.getBytes(StandardCharsets.US_ASCII), digest(token).getBytes(StandardCharsets.US_ASCII));
    }

    private static String credentials(UserModel user) {
        return digest(user.credentialManager().getStoredCredentialsStream().filter(credential -> !TYPE.equals(credential.getType()))
                .map(credential -> credential.getId() + ":" + credential.getCreatedDate()).sorted().collect(Collectors.joining(" ")));
    }

    private static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String write(Object data) {
        try {
            return JsonSerialization.writeValueAsString(data);
        } catch (IOException e) {
            throw new IllegalStateException("strings are always writable as JSON", e);
        }
    }

    private static <T> T read(String json, Class<T> type) {
        try {
            return JsonSerialization.readValue(json, type);
        } catch (IOException e) {
            throw new IllegalStateException("a credential of type " + TYPE + " that was not written here", e);
        }
    }
}
