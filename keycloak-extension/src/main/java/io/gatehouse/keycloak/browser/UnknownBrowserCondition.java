package io.gatehouse.keycloak.browser;

import org.keycloak.authentication.AuthenticationFlowContext;

import io.gatehouse.keycloak.assurance.Assurance;
import io.gatehouse.keycloak.provider.StatelessCondition;

/**
 * Condition of the sub-flow that asks for a second factor: not in a browser that the person trusts. Trust never answers a step-up, a
 * change of the account or an application that wants the person to sign in afresh.
 */
public class UnknownBrowserCondition implements StatelessCondition {

    @Override
    public String getId() {
        return "gh-unknown-browser";
    }

    @Override
    public boolean matchCondition(AuthenticationFlowContext context) {
        Assurance assurance = Assurance.of(context);
        boolean known = !assurance.wantsMoreThanTrust(context.getTopLevelFlow())
                && new TrustedBrowsers(context.getSession()).knows(context.getUser());
        assurance.browserIsKnown(known);
        return !known;
    }

    @Override
    public String getDisplayType() {
        return "Condition - Gatehouse unknown browser";
    }

    @Override
    public String getHelpText() {
        return "Runs the sub-flow unless the person trusts this browser, which the realm has to allow.";
    }
}
