package io.gatehouse.keycloak.otp.service;

import java.util.concurrent.Semaphore;

import org.jboss.logging.Logger;
import org.keycloak.Config;
import org.keycloak.http.simple.SimpleHttp;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;

import io.gatehouse.keycloak.events.TraceParent;

public class WebhookOtpServiceFactory implements OtpServiceFactory {

    private static final Logger LOG = Logger.getLogger(WebhookOtpServiceFactory.class);

    /**
     * Calls at one time from this node. A service that has become slow then costs this many of Keycloak's threads and database
     * connections, and everybody else can still log in.
     */
    private static final int MAX_CALLS = 32;

    private final Semaphore calls = new Semaphore(MAX_CALLS);
    private WebhookConfig config;

    @Override
    public String getId() {
        return "default";
    }

    @Override
    public void init(Config.Scope scope) {
        config = WebhookConfig.from(scope);
    }

    @Override
    public void postInit(KeycloakSessionFactory factory) {
        if (config == null) {
            LOG.warn("No address of the code service is configured (spi-gatehouse-otp--default--url): nobody can log in by code");
        }
    }

    /** Through Keycloak's own HTTP client: its pool, its trust store, and its client certificate for mutual TLS. */
    @Override
    public OtpService create(KeycloakSession session) {
        return new WebhookOtpService(config, calls, SimpleHttp.create(session), TraceParent.current(session));
    }

    @Override
    public void close() {
        // holds nothing
    }
}
