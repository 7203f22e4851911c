package io.gatehouse.keycloak.state;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.OrganizationModel;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserProvider;
import org.keycloak.organization.OrganizationProvider;
import org.keycloak.storage.StorageId;

import com.fasterxml.jackson.databind.node.ObjectNode;

import jakarta.persistence.EntityManager;

/**
 * What the database holds about a user or organisation right now. Keycloak's caches are passed by: they may lag behind a change that
 * another node, or another transaction on this one, has just committed. To be used in a session of its own, whose persistence context
 * is still empty.
 */
public final class CurrentState {

    /** The providers below the caches. */
    private static final String DATABASE = "jpa";

    private final KeycloakSession session;
    private final RealmModel realm;
    private final EntityManager em;
    private final UserProvider users;
    private final OrganizationProvider organizations;

    /** Makes {@code realm} the realm of the session's context: Keycloak's organisations are looked up in that. */
    public CurrentState(KeycloakSession session, RealmModel realm) {
        session.getContext().setRealm(realm);
        this.session = session;
        this.realm = realm;
        this.em = session.getProvider(JpaConnectionProvider.class).getEntityManager();
        this.users = session.getProvider(UserProvider.class, DATABASE);
        this.organizations = session.getProvider(OrganizationProvider.class, DATABASE);
    }

    /** The user, or {@code null} when there is none; users that live in a federated store are asked for there. */
    public UserModel user(String id) {
        return StorageId.isLocalStorage(id) ? users.getUserById(realm, id) : session.users().getUserById(realm, id);
    }

    /** What is told of those of these users that exist, by id. */
    public Map<String, UserState> users(Collection<String> ids) {
        Map<Boolean, List<String>> local = ids.stream().collect(Collectors.partitioningBy(StorageId::isLocalStorage));
        Stream<UserState> federated = local.get(false).stream().map(this::user).filter(Objects::nonNull)
                .map(user -> UserState.of(user, organizations.getByMember(user)));
        return Stream.concat(new LocalUsers(em).in(realm.getId(), local.get(true)).stream(), federated)
                .collect(Collectors.toMap(UserState::id, Function.identity()));
    }

    /** The organisation, or {@code null} when there is none in this realm. */
    public OrganizationModel organization(String id) {
        return organizations.getById(id);
    }

    public ObjectNode describe(OrganizationModel organization) {
        return OrganizationState.of(organization, organizations.getMembersCount(organization));
    }
}
