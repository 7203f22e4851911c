package io.gatehouse.keycloak.state;

import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.keycloak.credential.CredentialModel;
import org.keycloak.models.OrganizationModel;
import org.keycloak.models.UserModel;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What is told of a user.
 *
 * @param createdAt      milliseconds since 1970, {@code null} for users of a store that does not tell
 * @param serviceAccount whether it is a program and no person
 * @param attributes     values of {@link #ATTRIBUTES}; those that the user does not have are missing
 * @param credentials    by their priority; only what {@link FactorState} reads of them
 */
public record UserState(String id, String username, String email, boolean emailVerified, String firstName, String lastName,
                        boolean enabled, Long createdAt, boolean serviceAccount, Map<String, String> attributes,
                        List<Organization> organizations, List<CredentialModel> credentials) {

    /** The attributes that are told. */
    static final List<String> ATTRIBUTES =
            List.of("company", "country", "locale", "terms_version", "terms_accepted_at", "time_zone");

    /** An organisation that the user is a member of. */
    record Organization(String id, String alias, String name) {
    }

    /** As Keycloak's model has it. */
    static UserState of(UserModel user, Stream<OrganizationModel> memberships) {
        Map<String, String> attributes = new LinkedHashMap<>();
        ATTRIBUTES.forEach(name -> attributes.put(name, user.getFirstAttribute(name)));
        List<Organization> organizations = memberships
                .map(organization -> new Organization(organization.getId(), organization.getAlias(), organization.getName())).toList();
        return new UserState(user.getId(), user.getUsername(), user.getEmail(), user.isEmailVerified(), user.getFirstName(),
                user.getLastName(), user.isEnabled(), user.getCreatedTimestamp(), user.getServiceAccountClientLink() != null,
                attributes, organizations, user.credentialManager().getStoredCredentialsStream().toList());
    }

    /** The {@code user} object of an event record. Absent values are written as {@code null}, so a reader can tell them from unknown ones. */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", id);
        json.put("username", username);
        json.put("email", email);
        json.put("email_verified", emailVerified);
        json.put("first_name", firstName);
        json.put("last_name", lastName);
        json.put("locale", attributes.get(UserModel.LOCALE));
        json.put("enabled", enabled);
        json.put("created_at", createdAt == null ? null : Instant.ofEpochMilli(createdAt).toString());
        ObjectNode told = json.putObject("attributes");
        ATTRIBUTES.forEach(name -> told.put(name, attributes.get(name)));
        ArrayNode memberships = json.putArray("organizations");
        organizations.stream().sorted(Comparator.comparing(Organization::id)).forEach(organization -> memberships.addObject()
                .put("id", organization.id())
                .put("alias", organization.alias())
                .put("name", organization.name()));
        ArrayNode factors = json.putArray("factors");
        credentials.forEach(credential -> FactorState.of(credential).ifPresent(factors::add));
        return json;
    }
}
