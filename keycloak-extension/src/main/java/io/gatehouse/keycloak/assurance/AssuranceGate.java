package io.gatehouse.keycloak.assurance;

import java.util.Optional;

import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.AuthenticationFlowError;
import org.keycloak.authentication.AuthenticationFlowException;
import org.keycloak.services.messages.Messages;

import io.gatehouse.keycloak.otp.ChooseFactorAction;
import io.gatehouse.keycloak.provider.StatelessAuthenticator;

/**
 * Last step behind the second factor: writes down how strong the login is, for {@code acr} and for later step-ups, and ends a login
 * that is weaker than it must be. Where less will do, the token says so and the application decides.
 */
public class AssuranceGate implements StatelessAuthenticator {

    @Override
    public String getId() {
        return "gh-assurance";
    }

    @Override
    public void authenticate(AuthenticationFlowContext context) {
        Assurance assurance = Assurance.of(context);
        Optional<Level> proved = assurance.proved();
        proved.ifPresent(assurance::record);
        int reached = proved.map(Level::number).orElse(0);
        int asked = assurance.asked(context.getTopLevelFlow());
        if (asked <= reached || !assurance.mustBeMet() || isAboutToEnrol(context)) {
            context.success();
            return;
        }
        String event = "level " + reached + " of " + asked;
        Level lacking = assurance.lacking(asked).orElseThrow(() -> new AuthenticationFlowException(
                AuthenticationFlowError.GENERIC_AUTHENTICATION_ERROR, event, Messages.ACR_NOT_FULFILLED));
        context.failure(AuthenticationFlowError.GENERIC_AUTHENTICATION_ERROR,
                Assurance.explain(context.form(), context.getUriInfo(), context.getRealm(), lacking), event, null);
    }

    /** Who has no factor is made to enrol one that is strong enough; {@link ChooseFactorAction} lets nobody by without. */
    private static boolean isAboutToEnrol(AuthenticationFlowContext context) {
        return Level.strongestOf(context.getUser()).isEmpty()
                && context.getAuthenticationSession().getRequiredActions().contains(ChooseFactorAction.ID);
    }

    @Override
    public String getDisplayType() {
        return "Gatehouse level of assurance";
    }

    @Override
    public String getHelpText() {
        return "Sets acr by the factor that was proved and ends a login that is weaker than it must be. Comes after the second factor.";
    }
}
