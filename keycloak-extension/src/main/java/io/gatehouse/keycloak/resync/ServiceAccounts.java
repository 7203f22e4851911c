package io.gatehouse.keycloak.resync;

import org.keycloak.models.AdminRoles;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.representations.AccessToken;
import org.keycloak.services.managers.AppAuthManager;
import org.keycloak.services.managers.AuthenticationManager.AuthResult;

import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.NotAuthorizedException;

/** Lets in service accounts that may manage users, and nobody else. */
final class ServiceAccounts {

    private ServiceAccounts() {
    }

    static void require(KeycloakSession session) {
        AuthResult caller = new AppAuthManager.BearerTokenAuthenticator(session).authenticate();
        if (caller == null) {
            throw new NotAuthorizedException("Bearer");
        }
        AccessToken.Access access = caller.token().getResourceAccess(Constants.REALM_MANAGEMENT_CLIENT_ID);
        boolean mayManageUsers = access != null && access.isUserInRole(AdminRoles.MANAGE_USERS);
        if (caller.user().getServiceAccountClientLink() == null || !mayManageUsers) {
            throw new ForbiddenException();
        }
    }
}
