package io.gatehouse.keycloak.registration;

import java.util.List;
import java.util.Map;

import org.keycloak.authentication.FormContext;
import org.keycloak.authentication.ValidationContext;
import org.keycloak.events.Errors;
import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.FormMessage;
import org.keycloak.services.messages.Messages;

import io.gatehouse.keycloak.otp.service.Admission;
import io.gatehouse.keycloak.otp.service.AdmissionRequest;
import io.gatehouse.keycloak.otp.service.OtpService;
import io.gatehouse.keycloak.provider.StatelessFormAction;

import jakarta.ws.rs.core.MultivaluedMap;

/**
 * Part of the registration form while the launch is closed: the service says whether this address may sign up. Whoever may not sees one
 * sentence and nothing else of what is wrong with the form, so that nobody learns which addresses have an account. Hence it stands last
 * in the form: Keycloak drops the errors of the steps before one that excludes others, and adds those of the steps behind it.
 */
public class AdmissionFormAction implements StatelessFormAction {

    private static final Map<Admission, String> SENTENCES = Map.of(Admission.NOTED, "gatehouse.admission.noted", Admission.LATER,
            "gatehouse.admission.later", Admission.UNAVAILABLE, "gatehouse.admission.unavailable");

    @Override
    public String getId() {
        return "gh-registration-admission";
    }

    @Override
    public void buildPage(FormContext context, LoginFormsProvider form) {
        // adds nothing to the page
    }

    @Override
    public void validate(ValidationContext context) {
        MultivaluedMap<String, String> form = context.getHttpRequest().getDecodedFormParameters();
        AdmissionRequest request = request(context, form);
        if (!isAddress(request.email())) {
            String expected = request.email().isEmpty() ? Messages.MISSING_EMAIL : Messages.INVALID_EMAIL;
            refuse(context, form, new FormMessage(UserModel.EMAIL, expected));
            return;
        }
        Admission admission = context.getSession().getProvider(OtpService.class).admission(request);
        if (admission == Admission.ADMITTED) {
            context.success();
            return;
        }
        context.excludeOtherErrors();
        refuse(context, form, new FormMessage(null, SENTENCES.get(admission)));
    }

    private static void refuse(ValidationContext context, MultivaluedMap<String, String> form, FormMessage message) {
        context.error(Errors.INVALID_REGISTRATION);
        context.validationError(form, List.of(message));
    }

    private static AdmissionRequest request(ValidationContext context, MultivaluedMap<String, String> form) {
        KeycloakSession session = context.getSession();
        return new AdmissionRequest(context.getRealm().getName(), text(form, UserModel.EMAIL), text(form, UserModel.FIRST_NAME),
                text(form, UserModel.LAST_NAME), text(form, "company"), session.getContext().resolveLocale(null).toLanguageTag(),
                session.getContext().getConnection().getRemoteHost());
    }

    /** What the person typed. A field that comes twice says nothing: the form might read another one than we. */
    static String text(MultivaluedMap<String, String> form, String field) {
        List<String> values = form.get(field);
        return values == null || values.size() != 1 ? "" : values.get(0).strip();
    }

    /** What the service takes for an address. Nothing else is asked about, and nothing else passes. */
    static boolean isAddress(String text) {
        return text.length() <= 254 && text.matches("[^@\\s]{1,64}@[^@\\s]+\\.[^@\\s]+");
    }

    @Override
    public void success(FormContext context) {
        // the address was admitted; there is nothing to keep
    }

    @Override
    public String getDisplayType() {
        return "Gatehouse admission";
    }

    @Override
    public String getHelpText() {
        return "Asks the service whether this address may sign up. Required while the launch is closed.";
    }
}
