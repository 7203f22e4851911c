package io.gatehouse.keycloak.otp.service;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Standard Webhooks 1.0.0, symmetric signatures: base64 of HMAC-SHA-256 over {@code id.timestamp.body}. Of several secrets the first
 * signs and all verify, so that a secret can be replaced without a moment in which nothing works.
 */
public final class WebhookSecrets {

    private static final String PREFIX = "whsec_";
    private static final String VERSION = "v1,";
    private static final String ALGORITHM = "HmacSHA256";
    private static final int MIN_BYTES = 24;
    private static final int MAX_BYTES = 64;
    private static final int MAX_SECRETS = 5;
    /** More signatures than that in one header are not looked at. */
    private static final int MAX_SIGNATURES = 10;

    private final List<SecretKeySpec> keys;

    private WebhookSecrets(List<SecretKeySpec> keys) {
        this.keys = keys;
    }

    /** @throws IllegalArgumentException which says what is expected, and never what was given */
    public static WebhookSecrets parse(String commaSeparated) {
        List<SecretKeySpec> keys = Arrays.stream(commaSeparated.split(",")).map(String::trim).filter(text -> !text.isEmpty())
                .map(WebhookSecrets::key).toList();
        if (keys.isEmpty() || keys.size() > MAX_SECRETS) {
            throw new IllegalArgumentException("expected one to " + MAX_SECRETS + " secrets, separated by commas");
        }
        return new WebhookSecrets(keys);
    }

    /** Signature of a request. */
    String sign(String id, long timestamp, byte[] body) {
        return VERSION + Base64.getEncoder().encodeToString(mac(keys.get(0), id + "." + timestamp + ".", body));
    }

    /**
     * Whether {@code signatures}, the header of an answer, holds one over this answer to this request. The leading {@code resp.} keeps
     * an answer from being sent back as a request.
     */
    boolean verifiesAnswer(String signatures, String id, long timestamp, int status, byte[] body) {
        if (signatures == null) {
            return false;
        }
        String head = "resp." + id + "." + timestamp + "." + status + ".";
        List<byte[]> given = Arrays.stream(signatures.split(" ", MAX_SIGNATURES + 1)).limit(MAX_SIGNATURES)
                .filter(signature -> signature.startsWith(VERSION)).map(WebhookSecrets::decode).toList();
        return keys.stream().map(key -> mac(key, head, body))
                .anyMatch(expected -> given.stream().anyMatch(signature -> MessageDigest.isEqual(expected, signature)));
    }

    private static byte[] mac(SecretKeySpec key, String head, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(head.getBytes(StandardCharsets.UTF_8));
            return mac.doFinal(body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256, and any key fits it", e);
        }
    }

    private static SecretKeySpec key(String text) {
        byte[] bytes = text.startsWith(PREFIX) ? base64(text.substring(PREFIX.length())) : new byte[0];
        if (bytes.length < MIN_BYTES || bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "expected " + PREFIX + " and the base64 of " + MIN_BYTES + " to " + MAX_BYTES + " random bytes");
        }
        return new SecretKeySpec(bytes, ALGORITHM);
    }

    private static byte[] decode(String signature) {
        return base64(signature.substring(VERSION.length()));
    }

    private static byte[] base64(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }
}
