package io.gatehouse.keycloak.otp;

import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.managers.AuthenticationSessionManager;
import org.keycloak.sessions.AuthenticationSessionModel;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;

import io.gatehouse.keycloak.otp.service.Challenge;
import io.gatehouse.keycloak.otp.service.Delivery;
import io.gatehouse.keycloak.otp.service.OtpService;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.CacheControl;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/**
 * For the code page: what has become of the message, in words. The login is found by its own cookie, and the code by the login, so
 * nobody can ask for anybody else's; whatever does not fit is one and the same 404.
 */
public class CodeDeliveryResource {

    private final KeycloakSession session;

    public CodeDeliveryResource(KeycloakSession session) {
        this.session = session;
    }

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public Response news(@QueryParam("client_id") String clientId, @QueryParam("tab_id") String tabId) {
        AuthenticationSessionModel login = login(clientId, tabId);
        Challenge challenge = CodeSession.shown(login).orElseThrow(NotFoundException::new);
        Delivery delivery = session.getProvider(OtpService.class).delivery(challenge.id());
        String text = session.getProvider(LoginFormsProvider.class).setAuthenticationSession(login)
                .getMessage(CodePages.deliveryKey(challenge, delivery), challenge.hint());
        CacheControl never = new CacheControl();
        never.setNoStore(true);
        return Response.ok(JsonNodeFactory.instance.objectNode().put("delivery", delivery.id()).put("text", text).toString(),
                MediaType.APPLICATION_JSON_TYPE).cacheControl(never).build();
    }

    private AuthenticationSessionModel login(String clientId, String tabId) {
        RealmModel realm = session.getContext().getRealm();
        ClientModel client = clientId == null ? null : realm.getClientByClientId(clientId);
        AuthenticationSessionModel login = client == null || tabId == null ? null
                : new AuthenticationSessionManager(session).getCurrentAuthenticationSession(realm, client, tabId);
        if (login == null) {
            throw new NotFoundException();
        }
        session.getContext().setClient(client);
        session.getContext().setAuthenticationSession(login);
        return login;
    }
}
