package io.gatehouse.keycloak.otp;

import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.AuthenticationFlowError;
import org.keycloak.authentication.RequiredActionProvider;

import io.gatehouse.keycloak.provider.StatelessAuthenticator;

/** Step of a flow for people without a second factor: nobody passes, everybody is asked to enrol one. */
public class EnrolChooser implements StatelessAuthenticator {

    @Override
    public String getId() {
        return "gh-enrol-chooser";
    }

    /** The choice becomes part of this login, not of the account: who gives up now is asked again, not left with half an action. */
    @Override
    public void authenticate(AuthenticationFlowContext context) {
        ChooseFactorAction choice = (ChooseFactorAction) context.getSession().getKeycloakSessionFactory()
                .getProviderFactory(RequiredActionProvider.class, SecondFactors.CHOOSE);
        if (SecondFactors.has(context.getUser()) || !choice.isMandatory(context.getAuthenticationSession())) {
            // Who has a factor comes here from a browser they trust; the required action lets nobody else go on.
            context.success();
        } else if (!SecondFactors.canChoose(context.getRealm())) {
            // Keycloak drops a required action that the realm has disabled, and the person would be in.
            context.failure(AuthenticationFlowError.ACCESS_DENIED, new CodePages(context::form, null, false).unavailable());
        } else {
            context.getAuthenticationSession().addRequiredAction(SecondFactors.CHOOSE);
            context.success();
        }
    }

    @Override
    public String getDisplayType() {
        return "Gatehouse second factor enrolment";
    }

    @Override
    public String getHelpText() {
        return "Makes a person without a second factor choose and enrol one before the login goes on.";
    }
}
