package io.gatehouse.keycloak.state;

import org.keycloak.models.KeycloakSession;
import org.keycloak.models.OrganizationModel;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserProvider;
import org.keycloak.organization.OrganizationProvider;
import org.keycloak.storage.StorageId;

import com.fasterxml.jackson.databind.node.ObjectNode;

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
    private final UserProvider users;
    private final OrganizationProvider organizations;

    /** Makes {@code realm} the realm of the session's context: Keycloak's organisations are looked up in that. */
    public CurrentState(KeycloakSession session, RealmModel realm) {
        session.getContext().setRealm(realm);
        this.session = session;
        this.realm = realm;
        this.users = session.getProvider(UserProvider.class, DATABASE);
        this.organizations = session.getProvider(OrganizationProvider.class, DATABASE);
    }

    /** The user, or {@code null} when there is none; users that live in a federated store are asked for there. */
    public UserModel user(String id) {
        return StorageId.isLocalStorage(id) ? users.getUserById(realm, id) : session.users().getUserById(realm, id);
    }

    public ObjectNode describe(UserModel user) {
        return UserState.of(user, organizations.getByMember(user));
    }

    /** The organisation, or {@code null} when there is none in this realm. */
    public OrganizationModel organization(String id) {
        return organizations.getById(id);
    }

    public ObjectNode describe(OrganizationModel organization) {
        return OrganizationState.of(organization, organizations.getMembersCount(organization));
    }
}
