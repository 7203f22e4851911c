package io.gatehouse.keycloak.otp.service;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

import org.apache.http.client.config.RequestConfig;
import org.keycloak.Config;

/**
 * Options of the SPI {@code gatehouse-otp}, provider {@code default}.
 *
 * @param url     of the service, without a trailing slash
 * @param limits  how long to wait for a connection and for an answer
 */
record WebhookConfig(String url, WebhookSecrets secrets, RequestConfig limits) {

    private static final String OPTION = "spi-gatehouse-otp--default--";

    /** @return {@code null} when no URL is configured: nothing can be sent then, and every door stays shut */
    static WebhookConfig from(Config.Scope scope) {
        String url = scope.get("url");
        if (url == null || url.isBlank()) {
            return null;
        }
        int connect = millis(scope, "connectTimeoutMillis", "connect-timeout-millis", 1_000);
        int answer = millis(scope, "timeoutMillis", "timeout-millis", 3_000);
        RequestConfig limits = RequestConfig.custom().setConnectTimeout(connect).setConnectionRequestTimeout(connect)
                .setSocketTimeout(answer).setRedirectsEnabled(false).build();
        return new WebhookConfig(url(url), secrets(scope), limits);
    }

    private static String url(String text) {
        URI uri;
        try {
            uri = URI.create(text.trim());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(OPTION + "url: expected an http or https URL", e);
        }
        if (uri.getHost() == null || !("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
            throw new IllegalArgumentException(OPTION + "url: expected an http or https URL");
        }
        return uri.toString().replaceAll("/+$", "");
    }

    private static WebhookSecrets secrets(Config.Scope scope) {
        String secret = scope.get("secret");
        String file = scope.get("secretFile");
        if ((secret == null) == (file == null)) {
            throw new IllegalArgumentException(OPTION + "secret: expected either this or " + OPTION + "secret-file");
        }
        try {
            return WebhookSecrets.parse(secret != null ? secret : Files.readString(Path.of(file)).replace('\n', ','));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(OPTION + "secret: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new IllegalArgumentException(OPTION + "secret-file: expected a readable file", e);
        }
    }

    private static int millis(Config.Scope scope, String key, String option, int fallback) {
        int value = scope.getInt(key, fallback);
        if (value < 50 || value > 10_000) {
            throw new IllegalArgumentException(OPTION + option + ": expected 50 to 10000 milliseconds");
        }
        return value;
    }
}
