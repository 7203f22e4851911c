package io.gatehouse.keycloak.otp;

import java.util.List;

import org.keycloak.Config;
import org.keycloak.authentication.RequiredActionContext;
import org.keycloak.authentication.RequiredActionFactory;
import org.keycloak.authentication.RequiredActionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.utils.FormMessage;

import jakarta.ws.rs.core.Response;

/**
 * Offers the second factors and starts the enrolment of the chosen one. It is also the second lock beside the flows: whatever door a
 * person came by, such as registration or an identity provider, without a factor they are asked to enrol one.
 */
public class ChooseFactorAction implements RequiredActionProvider, RequiredActionFactory {

    private static final String OPTION = "option";
    private static final String TEMPLATE = "gatehouse-choose-factor.ftl";

    @Override
    public String getId() {
        return SecondFactors.CHOOSE;
    }

    @Override
    public void evaluateTriggers(RequiredActionContext context) {
        if (!SecondFactors.has(context.getUser())
                && !SecondFactors.pending(context.getRealm(), context.getUser(), context.getAuthenticationSession())) {
            context.getAuthenticationSession().addRequiredAction(SecondFactors.CHOOSE);
        }
    }

    @Override
    public void requiredActionChallenge(RequiredActionContext context) {
        context.challenge(page(context, null));
    }

    @Override
    public void processAction(RequiredActionContext context) {
        String option = context.getHttpRequest().getDecodedFormParameters().getFirst(OPTION);
        if (option == null || !SecondFactors.offered(context.getRealm()).contains(option)) {
            context.challenge(page(context, new FormMessage(OPTION, "gatehouse.choose.title")));
            return;
        }
        context.getAuthenticationSession().addRequiredAction(option);
        context.success();
    }

    private static Response page(RequiredActionContext context, FormMessage error) {
        List<String> options = SecondFactors.offered(context.getRealm());
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

    @Override
    public void init(Config.Scope config) {
        // nothing to configure
    }

    @Override
    public void postInit(KeycloakSessionFactory factory) {
        // nothing to prepare
    }

    @Override
    public void close() {
        // holds nothing
    }
}
