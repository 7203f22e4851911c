package io.gatehouse.keycloak.resync;

import org.keycloak.models.KeycloakSession;
import org.keycloak.services.resource.RealmResourceProvider;
import org.keycloak.services.resource.RealmResourceProviderFactory;

import io.gatehouse.keycloak.provider.PlainFactory;

/** Serves {@link ResyncResource} below {@code /realms/{realm}/gatehouse}. */
public class ResyncResourceProviderFactory implements RealmResourceProviderFactory, PlainFactory<RealmResourceProvider> {

    @Override
    public String getId() {
        return "gatehouse";
    }

    @Override
    public RealmResourceProvider create(KeycloakSession session) {
        return new RealmResourceProvider() {
            @Override
            public Object getResource() {
                return new ResyncResource(session);
            }

            @Override
            public void close() {
                // holds nothing
            }
        };
    }
}
