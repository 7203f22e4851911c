package io.gatehouse.keycloak.otp;

import java.util.Optional;

import org.keycloak.authentication.RequiredActionContext;
import org.keycloak.events.Errors;
import org.keycloak.models.UserModel;
import org.keycloak.services.managers.AuthenticationManager;
import org.keycloak.services.managers.AuthenticationManager.AuthResult;
import org.keycloak.sessions.AuthenticationSessionModel;

import io.gatehouse.keycloak.assurance.Assurance;
import io.gatehouse.keycloak.assurance.Level;

import jakarta.ws.rs.core.Response;

/**
 * A login of somebody who has a second factor and was not asked for it: its flow lacks the step, such as that of an identity provider
 * without post-login flow, or the session that it continues was begun without; or one whose application insists on more than was proved.
 * It must come no further, nor change anything.
 */
final class WeakLogin {

    private WeakLogin() {
    }

    static boolean is(RequiredActionContext context) {
        AuthenticationSessionModel login = context.getAuthenticationSession();
        UserModel user = context.getUser();
        if (!SecondFactors.has(user) || !opensSession(login)) {
            return false;
        }
        Assurance assurance = new Assurance(context.getSession(), login, user);
        if (!assurance.isKnown()) {
            EnrolmentListener.enrolled(login, user).ifPresent(assurance::record);
        }
        return !assurance.isKnown() || assurance.isTooWeak();
    }

    /** Links in mails may end without one: nobody is signed in by them. */
    private static boolean opensSession(AuthenticationSessionModel login) {
        return login.getAuthNote(AuthenticationManager.END_AFTER_REQUIRED_ACTIONS) == null;
    }

    /** Ends it, and the session that it continues, so that the next try starts with the password. */
    static void end(RequiredActionContext context) {
        AuthResult continued = AuthenticationManager.authenticateIdentityCookie(context.getSession(), context.getRealm(), true);
        if (continued != null) {
            AuthenticationManager.backchannelLogout(context.getSession(), continued.session(), true);
        }
        context.getEvent().error(Errors.ACCESS_DENIED);
        Assurance assurance = new Assurance(context.getSession(), context.getAuthenticationSession(), context.getUser());
        Optional<Level> lacking = assurance.isKnown() ? assurance.lacking(assurance.insisted()) : Optional.empty();
        context.challenge(lacking.map(level -> Assurance.explain(context.form(), context.getUriInfo(), context.getRealm(), level))
                .orElseGet(() -> notAsked(context)));
    }

    private static Response notAsked(RequiredActionContext context) {
        return context.form().setError("gatehouse.not-asked").createErrorPage(Response.Status.FORBIDDEN);
    }
}
