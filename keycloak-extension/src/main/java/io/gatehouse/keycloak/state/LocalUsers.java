package io.gatehouse.keycloak.state;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.keycloak.credential.CredentialModel;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import jakarta.persistence.EntityManager;

/**
 * Users of Keycloak's own store, any number by one statement. Keycloak's model asks five questions for each, which was most of what a
 * relayed event cost; what is read here are the columns behind {@code org.keycloak.models.jpa.UserAdapter}, its credential store and
 * {@code JpaOrganizationProvider.getByMember}, at one moment. PostgreSQL only, as the outbox is.
 */
final class LocalUsers {

    private static final String STATES = """
            SELECT CAST(row_to_json(u) AS text) FROM (
                SELECT id, username, email, email_verified, first_name, last_name, enabled, created_timestamp,
                       service_account_client_link IS NOT NULL AS service_account,
                       (SELECT json_agg(json_build_array(a.name, coalesce(a.value, a.long_value)))
                          FROM user_attribute a WHERE a.user_id = p.id AND a.name IN (:attributes)) AS attributes,
                       (SELECT json_agg(json_build_array(o.id, o.alias, o.name))
                          FROM user_group_membership m JOIN org o ON o.group_id = m.group_id WHERE m.user_id = p.id) AS organizations,
                       (SELECT json_agg(json_build_array(c.id, c.type, c.credential_data) ORDER BY c.priority)
                          FROM credential c WHERE c.user_id = p.id AND c.type <> 'password') AS credentials
                  FROM user_entity p WHERE p.realm_id = :realm AND p.id = ANY (:ids)) u
            """;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final EntityManager em;

    LocalUsers(EntityManager em) {
        this.em = em;
    }

    /** Those of these users that this realm has. */
    List<UserState> in(String realmId, Collection<String> ids) {
        if (ids.isEmpty()) {
            return List.of();
        }
        List<?> rows = em.createNativeQuery(STATES, String.class).setParameter("attributes", UserState.ATTRIBUTES)
                .setParameter("realm", realmId).setParameter("ids", ids.toArray(String[]::new)).getResultList();
        return rows.stream().map(row -> user((String) row)).toList();
    }

    private static UserState user(String row) {
        try {
            JsonNode user = JSON.readTree(row);
            JsonNode created = user.get("created_timestamp");
            return new UserState(text(user.get("id")), text(user.get("username")), text(user.get("email")),
                    user.get("email_verified").asBoolean(), text(user.get("first_name")), text(user.get("last_name")),
                    user.get("enabled").asBoolean(), created.isNull() ? null : created.asLong(),
                    user.get("service_account").asBoolean(), attributes(user.get("attributes")),
                    organizations(user.get("organizations")), credentials(user.get("credentials")));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("PostgreSQL writes JSON", e);
        }
    }

    /** The first value of each, as everywhere in Keycloak. */
    private static Map<String, String> attributes(JsonNode pairs) {
        Map<String, String> attributes = new HashMap<>();
        pairs.forEach(pair -> attributes.putIfAbsent(text(pair.get(0)), text(pair.get(1))));
        return attributes;
    }

    private static List<UserState.Organization> organizations(JsonNode triples) {
        List<UserState.Organization> organizations = new ArrayList<>();
        triples.forEach(each -> organizations.add(new UserState.Organization(text(each.get(0)), text(each.get(1)), text(each.get(2)))));
        return organizations;
    }

    private static List<CredentialModel> credentials(JsonNode triples) {
        List<CredentialModel> credentials = new ArrayList<>();
        triples.forEach(each -> {
            CredentialModel credential = new CredentialModel();
            credential.setId(text(each.get(0)));
            credential.setType(text(each.get(1)));
            credential.setCredentialData(text(each.get(2)));
            credentials.add(credential);
        });
        return credentials;
    }

    private static String text(JsonNode node) {
        return node.isNull() ? null : node.textValue();
    }
}
