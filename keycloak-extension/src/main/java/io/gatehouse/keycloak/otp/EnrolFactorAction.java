package io.gatehouse.keycloak.otp;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import org.keycloak.authentication.CredentialRegistrator;
import org.keycloak.authentication.InitiatedActionSupport;
import org.keycloak.authentication.RequiredActionContext;
import org.keycloak.authentication.RequiredActionFactory;
import org.keycloak.authentication.RequiredActionProvider;
import org.keycloak.credential.CredentialProvider;
import org.keycloak.events.Details;
import org.keycloak.events.EventType;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RequiredActionConfigModel;
import org.keycloak.models.utils.FormMessage;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.provider.ProviderConfigurationBuilder;
import org.keycloak.sessions.AuthenticationSessionModel;

import io.gatehouse.keycloak.otp.service.Challenge;
import io.gatehouse.keycloak.otp.service.Factor;
import io.gatehouse.keycloak.otp.service.OtpResult;
import io.gatehouse.keycloak.otp.service.Problems;
import io.gatehouse.keycloak.otp.service.Purpose;
import io.gatehouse.keycloak.provider.StatelessProvider;

import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;

/**
 * Enrols one channel: the person says where codes shall go and proves it with the first one. Only then is there a credential. A
 * factor that exists already is replaced; from the account console that asks for a fresh login first ({@code max_auth_age}).
 */
public abstract class EnrolFactorAction implements RequiredActionProvider, RequiredActionFactory, CredentialRegistrator,
        StatelessProvider<RequiredActionProvider> {

    private static final String TEMPLATE = "gatehouse-enrol.ftl";
    private static final String DESTINATION = "destination";
    private static final String CHOOSE = "choose";
    private static final String CHANGE = "change";
    private static final String IMPORTED = "imported";
    /** RFC 5321 section 4.5.3.1.3 allows no longer path; phone numbers are far shorter. */
    private static final int MAX_DESTINATION = 254;

    /** Version of the texts {@code gatehouse.enrol.*.notice.text}; change it with them. */
    private static final String NOTICE_VERSION = "2026-11-22";
    private static final String NOTICE_CONFIRMED_AT = "gatehouse.notice-confirmed-at";

    private static final String COUNTRIES = "countries";
    private static final String DEFAULT_COUNTRIES = "ID,SG,MY";

    private final Channel channel;

    private EnrolFactorAction(Channel channel) {
        this.channel = channel;
    }

    @Override
    public String getId() {
        return channel.enrolAction();
    }

    @Override
    public InitiatedActionSupport initiatedActionSupport() {
        return InitiatedActionSupport.SUPPORTED;
    }

    @Override
    public void evaluateTriggers(RequiredActionContext context) {
        // ChooseFactorAction decides who has to enrol
    }

    @Override
    public void requiredActionChallenge(RequiredActionContext context) {
        CodeSession code = code(context);
        context.challenge(code.current().map(challenge -> pages(context, code).ask(challenge))
                .orElseGet(() -> destinationPage(context, prefilled(context), null)));
    }

    @Override
    public void processAction(RequiredActionContext context) {
        if (WeakLogin.is(context)) {
            // The person has enrolled a factor elsewhere, while this login was waiting here.
            WeakLogin.end(context);
            return;
        }
        MultivaluedMap<String, String> form = context.getHttpRequest().getDecodedFormParameters();
        CodeSession code = code(context);
        Optional<Challenge> current = code.current();
        String action = form.getFirst(CodePages.ACTION);
        if (CHOOSE.equals(action) && canChoose(context)) {
            code.forget();
            context.getAuthenticationSession().addRequiredAction(SecondFactors.CHOOSE);
            context.success();
        } else if (CHANGE.equals(action)) {
            code.forget();
            context.challenge(destinationPage(context, prefilled(context), null));
        } else if (IMPORTED.equals(action)) {
            context.challenge(send(context, code, null));
        } else if (form.containsKey(DESTINATION)) {
            context.challenge(send(context, code, form.getFirst(DESTINATION).strip()));
        } else if (current.isEmpty()) {
            context.challenge(destinationPage(context, prefilled(context), null));
        } else {
            finish(context, code, new CodeDialogue(code, pages(context, code)).answer(current.get(), form));
        }
    }

    private void finish(RequiredActionContext context, CodeSession code, CodeDialogue.Outcome outcome) {
        if (outcome.proved() == null) {
            context.challenge(outcome.page());
            return;
        }
        Factor factor = outcome.proved();
        FactorCredentialProvider credentials = (FactorCredentialProvider) context.getSession()
                .getProvider(CredentialProvider.class, channel.credentialType());
        String confirmedAt = context.getAuthenticationSession().getAuthNote(NOTICE_CONFIRMED_AT);
        credentials.replace(context.getUser(), new FactorCredential(factor.id(), channel, factor.hint(),
                new FactorCredential.Notice(NOTICE_VERSION, confirmedAt)));
        // The default would be CUSTOM_REQUIRED_ACTION, which tells nobody that there is a new credential.
        context.getEvent().event(EventType.UPDATE_CREDENTIAL).detail(Details.CREDENTIAL_TYPE, channel.credentialType());
        context.success();
    }

    /** @param destination as typed, or {@code null} for the one that the person had before */
    private Response send(RequiredActionContext context, CodeSession code, String destination) {
        if (destination != null && (destination.isEmpty() || destination.length() > MAX_DESTINATION)) {
            return destinationPage(context, "", error(Problems.DESTINATION_INVALID, null));
        }
        // The page says that asking for the code confirms the notice on it.
        context.getAuthenticationSession().setAuthNote(NOTICE_CONFIRMED_AT, Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        OtpResult<Challenge> result = code.issue(destination);
        if (result instanceof OtpResult.Ok<Challenge> sent) {
            return pages(context, code).ask(sent.value());
        }
        return result instanceof OtpResult.Refused<Challenge> refused
                ? destinationPage(context, destination == null ? prefilled(context) : destination,
                        error(refused.problem(), refused.retryAfterSeconds()))
                : pages(context, code).unavailable();
    }

    private Response destinationPage(RequiredActionContext context, String typed, FormMessage error) {
        var form = context.form()
                .setAttribute("channel", channel.id())
                .setAttribute(DESTINATION, typed)
                .setAttribute(COUNTRIES, channel == Channel.SMS ? countries(context.getConfig()) : List.of())
                .setAttribute(IMPORTED, code(context).imported().orElse(""))
                .setAttribute("canChoose", canChoose(context));
        return (error == null ? form : form.addError(error)).createForm(TEMPLATE);
    }

    private static FormMessage error(String problem, Object argument) {
        return new FormMessage(DESTINATION, Problems.messageKey(problem), argument);
    }

    private String prefilled(RequiredActionContext context) {
        String email = context.getUser().getEmail();
        return channel == Channel.EMAIL && email != null ? email : "";
    }

    /** In a login one may go back to the choice; who came from the account console has chosen there. */
    private boolean canChoose(RequiredActionContext context) {
        return !getId().equals(context.getAuthenticationSession().getClientNote(Constants.KC_ACTION))
                && SecondFactors.offered(context.getRealm()).size() > 1;
    }

    private CodeSession code(RequiredActionContext context) {
        return new CodeSession(context.getSession(), context.getAuthenticationSession(), context.getUser(), channel, Purpose.ENROL, getId());
    }

    private static CodePages pages(RequiredActionContext context, CodeSession code) {
        return new CodePages(context::form, code, true);
    }

    private static List<String> countries(RequiredActionConfigModel config) {
        String listed = config == null ? DEFAULT_COUNTRIES : config.getConfigValue(COUNTRIES, DEFAULT_COUNTRIES);
        return Arrays.stream(listed.split(",")).map(String::trim).filter(country -> country.matches("[A-Z]{2}")).toList();
    }

    @Override
    public List<ProviderConfigProperty> getConfigMetadata() {
        List<ProviderConfigProperty> properties = new ArrayList<>(MAX_AUTH_AGE_CONFIG_PROPERTIES);
        if (channel == Channel.SMS) {
            properties.addAll(ProviderConfigurationBuilder.create().property().name(COUNTRIES).label("Countries")
                    .helpText("ISO 3166 codes, separated by commas, of the countries named on the page. The service decides which it serves.")
                    .type(ProviderConfigProperty.STRING_TYPE).defaultValue(DEFAULT_COUNTRIES).add().build());
        }
        return properties;
    }

    @Override
    public String getDisplayText() {
        return channel == Channel.SMS ? "Gatehouse: enrol codes by SMS" : "Gatehouse: enrol codes by e-mail";
    }

    @Override
    public String getCredentialType(KeycloakSession session, AuthenticationSessionModel authenticationSession) {
        return channel.credentialType();
    }

    @Override
    public RequiredActionProvider create(KeycloakSession session) {
        return this;
    }

    public static final class Sms extends EnrolFactorAction {
        public Sms() {
            super(Channel.SMS);
        }
    }

    public static final class Email extends EnrolFactorAction {
        public Email() {
            super(Channel.EMAIL);
        }
    }
}
