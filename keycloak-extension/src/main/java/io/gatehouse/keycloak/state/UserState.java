package io.gatehouse.keycloak.state;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import org.keycloak.models.OrganizationModel;
import org.keycloak.models.UserModel;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The {@code user} object of an event record. Absent values are written as {@code null}, so a reader can tell them from unknown ones. */
final class UserState {

    private static final List<String> ATTRIBUTES =
            List.of("company", "country", "locale", "terms_version", "terms_accepted_at", "time_zone");

    private UserState() {
    }

    static ObjectNode of(UserModel user, Stream<OrganizationModel> memberships) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", user.getId());
        json.put("username", user.getUsername());
        json.put("email", user.getEmail());
        json.put("email_verified", user.isEmailVerified());
        json.put("first_name", user.getFirstName());
        json.put("last_name", user.getLastName());
        json.put("locale", user.getFirstAttribute(UserModel.LOCALE));
        json.put("enabled", user.isEnabled());
        Long created = user.getCreatedTimestamp();
        json.put("created_at", created == null ? null : Instant.ofEpochMilli(created).toString());
        ObjectNode attributes = json.putObject("attributes");
        ATTRIBUTES.forEach(name -> attributes.put(name, user.getFirstAttribute(name)));
        addOrganizations(json.putArray("organizations"), memberships);
        ArrayNode factors = json.putArray("factors");
        user.credentialManager().getStoredCredentialsStream().forEach(credential -> FactorState.of(credential).ifPresent(factors::add));
        return json;
    }

    private static void addOrganizations(ArrayNode json, Stream<OrganizationModel> memberships) {
        memberships.sorted(Comparator.comparing(OrganizationModel::getId)).forEach(organization -> json.addObject()
                .put("id", organization.getId())
                .put("alias", organization.getAlias())
                .put("name", organization.getName()));
    }
}
