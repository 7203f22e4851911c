package io.gatehouse.keycloak.otp;

import java.util.List;

import org.keycloak.Config;
import org.keycloak.authentication.RequiredActionContext;
import org.keycloak.authentication.RequiredActionFactory;
import org.keycloak.authentication.RequiredActionProvider;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.FormMessage;
import org.keycloak.services.messages.Messages;
import org.keycloak.sessions.AuthenticationSessionModel;

import io.gatehouse.keycloak.assurance.Assurance;
import io.gatehouse.keycloak.browser.TrustedBrowsers;
import io.gatehouse.keycloak.provider.StatelessProvider;

import jakarta.ws.rs.core.Response;

/**
 * Offers the second factors and starts the enrolment of the chosen one. It is also the second lock beside the flows: whatever door a
 * person came by, such as registration or an identity provider, without a factor they are asked to enrol one, and with a factor that
 * was not asked for they come no further.
 */
public class ChooseFactorAction implements RequiredActionProvider, RequiredActionFactory, StatelessProvider<RequiredActionProvider> {

    /** Of the action, for those who look whether it is about to run. */
    public static final String ID = SecondFactors.CHOOSE;

    private static final String OPTION = "option";
    private static final String TEMPLATE = "gatehouse-choose-factor.ftl";

    private Obligation obligation = new Obligation(null);

    @Override
    public String getId() {
        return SecondFactors.CHOOSE;
    }

    /** The switch for everybody at once: {@code spi-required-action--gh-choose-factor--second-factor}. */
    @Override
    public void init(Config.Scope config) {
        obligation = new Obligation(config.get("secondFactor"));
    }

    boolean isMandatory(AuthenticationSessionModel login) {
        return obligation.isMandatory(login.getRealm(), login.getClient());
    }

    /** Runs at every login, also one that only continues a session, and again after each required action. */
    @Override
    public void evaluateTriggers(RequiredActionContext context) {
        AuthenticationSessionModel login = context.getAuthenticationSession();
        UserModel user = context.getUser();
        new TrustedBrowsers(context.getSession()).prune(user);
        if (WeakLogin.is(context)) {
            login.removeClientNote(Constants.KC_ACTION);
            login.addRequiredAction(SecondFactors.CHOOSE);
        } else if (!SecondFactors.has(user) && isMandatory(login) && !SecondFactors.pending(context.getRealm(), user, login)) {
            login.addRequiredAction(SecondFactors.CHOOSE);
        }
    }

    @Override
    public void requiredActionChallenge(RequiredActionContext context) {
        if (WeakLogin.is(context)) {
            WeakLogin.end(context);
        } else if (SecondFactors.has(context.getUser())) {
            context.success();
        } else {
            context.challenge(page(context, null));
        }
    }

    @Override
    public void processAction(RequiredActionContext context) {
        String option = context.getHttpRequest().getDecodedFormParameters().getFirst(OPTION);
        if (SecondFactors.has(context.getUser())) {
            requiredActionChallenge(context);
        } else if (option == null || !options(context).contains(option)) {
            context.challenge(page(context, new FormMessage(OPTION, "gatehouse.choose.title")));
        } else {
            context.getAuthenticationSession().addRequiredAction(option);
            context.success();
        }
    }

    /** What the realm offers and the application takes. */
    private static List<String> options(RequiredActionContext context) {
        int least = new Assurance(context.getSession(), context.getAuthenticationSession(), context.getUser()).insisted();
        return SecondFactors.offered(context.getRealm()).stream().filter(action -> SecondFactors.levelOf(action).number() >= least).toList();
    }

    private static Response page(RequiredActionContext context, FormMessage error) {
        List<String> options = options(context);
        if (options.isEmpty()) {
            // The realm offers nothing that is strong enough for this application.
            return context.form().setError(Messages.ACR_NOT_FULFILLED).createErrorPage(Response.Status.FORBIDDEN);
        }
        var form = context.form().setAttribute("options", options);
        return (error == null ? form : form.addError(error)).createForm(TEMPLATE);
    }

    @Override
    public String getDisplayText() {
        return "Gatehouse: choose a second factor";
    }

    @Override
    public RequiredActionProvider create(KeycloakSession session) {
        return this;
    }
}
