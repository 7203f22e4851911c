package io.gatehouse.keycloak.assurance;

import java.util.List;
import java.util.Optional;

import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.models.AuthenticatorConfigModel;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.provider.ProviderConfigurationBuilder;

import io.gatehouse.keycloak.provider.StatelessCondition;

/**
 * Condition of a sub-flow with the factors that reach one level: it runs when that level is asked for, the factor that was chosen is
 * weaker, and the person has one that is strong enough. Unlike Keycloak's own condition it makes no ladder: who chooses the strong
 * factor at once is asked for that one only.
 */
public class StepUpCondition implements StatelessCondition {

    static final String LEVEL = "level";

    @Override
    public String getId() {
        return "gh-step-up";
    }

    @Override
    public boolean matchCondition(AuthenticationFlowContext context) {
        Optional<Level> target = target(context.getAuthenticatorConfig());
        if (target.isEmpty()) {
            return false;
        }
        Assurance assurance = Assurance.of(context);
        int number = target.get().number();
        return assurance.asked(context.getTopLevelFlow()) == number
                && assurance.proved().map(Level::number).orElse(number) < number
                && assurance.canReach(number);
    }

    private static Optional<Level> target(AuthenticatorConfigModel config) {
        return config == null ? Optional.empty() : Level.ofAcr(config.getConfig().get(LEVEL));
    }

    @Override
    public boolean isConfigurable() {
        return true;
    }

    @Override
    public List<ProviderConfigProperty> getConfigProperties() {
        return ProviderConfigurationBuilder.create().property().name(LEVEL).label("Level")
                .helpText("The acr that the factors of this sub-flow reach: sms, totp or passkey.")
                .type(ProviderConfigProperty.STRING_TYPE).add().build();
    }

    @Override
    public String getDisplayType() {
        return "Condition - Gatehouse step-up";
    }

    @Override
    public String getHelpText() {
        return "Runs the sub-flow when its level is asked for and the factor that was used is weaker.";
    }
}
