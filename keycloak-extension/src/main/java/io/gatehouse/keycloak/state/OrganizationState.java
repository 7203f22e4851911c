package io.gatehouse.keycloak.state;

import org.keycloak.models.OrganizationModel;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The {@code organization} object of an event record. */
final class OrganizationState {

    private OrganizationState() {
    }

    static ObjectNode of(OrganizationModel organization, long members) {
        return JsonNodeFactory.instance.objectNode()
                .put("id", organization.getId())
                .put("alias", organization.getAlias())
                .put("name", organization.getName())
                .put("enabled", organization.isEnabled())
                .put("members", members);
    }
}
