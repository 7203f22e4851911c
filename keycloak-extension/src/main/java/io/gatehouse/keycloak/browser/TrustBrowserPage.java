package io.gatehouse.keycloak.browser;

import org.keycloak.authentication.AuthenticationFlowContext;

import io.gatehouse.keycloak.assurance.Assurance;
import io.gatehouse.keycloak.provider.StatelessAuthenticator;

/** Asks behind a second factor whether this browser shall be trusted. In realms that trust none it is not seen. */
public class TrustBrowserPage implements StatelessAuthenticator {

    private static final String TEMPLATE = "gatehouse-trust-browser.ftl";
    private static final String TRUST = "trust";

    @Override
    public String getId() {
        return "gh-trust-browser";
    }

    /** The credential type, or the account console would not list the browsers. */
    @Override
    public String getReferenceCategory() {
        return TrustedBrowser.TYPE;
    }

    @Override
    public void authenticate(AuthenticationFlowContext context) {
        int days = new TrustedBrowsers(context.getSession()).days();
        Assurance assurance = Assurance.of(context);
        if (days == 0 || !assurance.hasFactor() || assurance.wantsMoreThanTrust(context.getTopLevelFlow())) {
            context.success();
        } else {
            context.challenge(context.form().setAttribute("days", days).createForm(TEMPLATE));
        }
    }

    @Override
    public void action(AuthenticationFlowContext context) {
        String answer = context.getHttpRequest().getDecodedFormParameters().getFirst(TRUST);
        TrustedBrowsers browsers = new TrustedBrowsers(context.getSession());
        if (answer == null) {
            authenticate(context);
            return;
        }
        if (answer.equals("yes") && browsers.days() > 0) {
            browsers.trust(context.getUser());
        }
        context.success();
    }

    @Override
    public String getDisplayType() {
        return "Gatehouse trusted browser";
    }

    @Override
    public String getHelpText() {
        return "Asks whether this browser shall be trusted, where the realm attribute " + TrustedBrowsers.DAYS + " allows it.";
    }
}
