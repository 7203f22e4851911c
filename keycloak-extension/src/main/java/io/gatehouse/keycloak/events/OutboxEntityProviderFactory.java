package io.gatehouse.keycloak.events;

import java.util.List;

import org.keycloak.connections.jpa.entityprovider.JpaEntityProvider;
import org.keycloak.connections.jpa.entityprovider.JpaEntityProviderFactory;
import org.keycloak.models.KeycloakSession;

import io.gatehouse.keycloak.provider.StatelessProvider;

/** Adds the outbox table to Keycloak's own schema; Liquibase creates it when Keycloak starts. */
public class OutboxEntityProviderFactory implements JpaEntityProviderFactory, JpaEntityProvider, StatelessProvider<JpaEntityProvider> {

    /** Its first twelve characters name the change-log table ({@code databasechangelog_gatehouse_ou}): keep them unique. */
    static final String ID = "gatehouse-outbox";

    @Override
    public String getId() {
        return ID;
    }

    @Override
    public String getFactoryId() {
        return ID;
    }

    @Override
    public List<Class<?>> getEntities() {
        return List.of(OutboxRow.class);
    }

    @Override
    public String getChangelogLocation() {
        return "META-INF/gatehouse-outbox-changelog.xml";
    }

    @Override
    public JpaEntityProvider create(KeycloakSession session) {
        return this;
    }
}
