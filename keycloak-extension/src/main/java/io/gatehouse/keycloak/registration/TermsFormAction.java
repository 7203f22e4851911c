package io.gatehouse.keycloak.registration;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

import org.keycloak.authentication.FormContext;
import org.keycloak.authentication.ValidationContext;
import org.keycloak.events.Errors;
import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.models.AuthenticatorConfigModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.FormMessage;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.provider.ProviderConfigurationBuilder;

import io.gatehouse.keycloak.provider.StatelessFormAction;

import jakarta.ws.rs.core.MultivaluedMap;

/**
 * Part of the registration form: the terms have to be accepted, and it is kept which version was and when. Keycloak's own action keeps
 * neither. An execution without a configured version refuses everybody, rather than record an agreement to nothing.
 */
public class TermsFormAction implements StatelessFormAction {

    private static final String VERSION = "version";
    private static final String FIELD = "termsAccepted";

    @Override
    public String getId() {
        return "gh-registration-terms";
    }

    @Override
    public void buildPage(FormContext context, LoginFormsProvider form) {
        form.setAttribute("termsAcceptanceRequired", true);
    }

    @Override
    public void validate(ValidationContext context) {
        MultivaluedMap<String, String> form = context.getHttpRequest().getDecodedFormParameters();
        if (form.containsKey(FIELD) && version(context) != null) {
            context.success();
            return;
        }
        context.error(Errors.INVALID_REGISTRATION);
        context.validationError(form, List.of(new FormMessage(FIELD, "termsAcceptanceRequired")));
    }

    @Override
    public void success(FormContext context) {
        UserModel user = context.getUser();
        user.setSingleAttribute("terms_version", version(context));
        user.setSingleAttribute("terms_accepted_at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    }

    private static String version(FormContext context) {
        AuthenticatorConfigModel config = context.getAuthenticatorConfig();
        String version = config == null ? null : config.getConfig().get(VERSION);
        return version == null || version.isBlank() ? null : version;
    }

    @Override
    public List<ProviderConfigProperty> getConfigProperties() {
        return ProviderConfigurationBuilder.create().property().name(VERSION).label("Version")
                .helpText("Version of the terms, kept with everybody who accepts them. Change it whenever the text changes.")
                .type(ProviderConfigProperty.STRING_TYPE).add().build();
    }

    @Override
    public String getDisplayType() {
        return "Gatehouse terms";
    }

    @Override
    public String getHelpText() {
        return "Makes people accept the terms and keeps version and time as attributes of the user.";
    }

    @Override
    public boolean isConfigurable() {
        return true;
    }
}
