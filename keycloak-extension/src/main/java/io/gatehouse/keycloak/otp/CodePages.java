package io.gatehouse.keycloak.otp;

import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;

import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.models.utils.FormMessage;

import io.gatehouse.keycloak.otp.service.Challenge;
import io.gatehouse.keycloak.otp.service.Delivery;
import io.gatehouse.keycloak.otp.service.OtpResult;
import io.gatehouse.keycloak.otp.service.Problems;

import jakarta.ws.rs.core.Response;

/** The pages that ask for a code or say why none can be asked for, the same in a login and in an enrolment. */
final class CodePages {

    /** Form fields. */
    static final String CODE = "code";
    static final String ACTION = "action";
    static final String RESEND = "resend";

    private static final String CODE_TEMPLATE = "gatehouse-code.ftl";
    private static final String UNAVAILABLE_TEMPLATE = "gatehouse-unavailable.ftl";
    private static final String UNAVAILABLE = "gatehouse.unavailable";

    private final Supplier<LoginFormsProvider> forms;
    private final CodeSession code;
    private final boolean canChange;

    CodePages(Supplier<LoginFormsProvider> forms, CodeSession code, boolean canChange) {
        this.forms = forms;
        this.code = code;
        this.canChange = canChange;
    }

    /** Asks for the code; one that has expired in the meantime is said to have. */
    Response ask(Challenge challenge) {
        return challenge.expiredAt(Instant.now()) ? askAgain(challenge, Problems.CODE_EXPIRED, null) : page(forms.get(), challenge);
    }

    Response askAfterResend(Challenge challenge) {
        return page(forms.get().setSuccess("gatehouse.otp.resent"), challenge);
    }

    /** Says at the field what was wrong with the code. */
    Response askAgain(Challenge challenge, String problem, Object argument) {
        return page(forms.get().addError(new FormMessage(CODE, Problems.messageKey(problem), argument)), challenge);
    }

    /** Says what was wrong with something else than the code. */
    Response askDespite(Challenge challenge, OtpResult.Refused<?> refused) {
        return page(forms.get().setError(Problems.messageKey(refused.problem()), refused.retryAfterSeconds()), challenge);
    }

    Response unavailable() {
        return unavailable(UNAVAILABLE, null, true);
    }

    /** No code can be entered for now, for a reason that the service tells. */
    Response unavailable(OtpResult.Refused<?> refused) {
        boolean waitingHelps = !refused.problem().equals(Problems.LOCKED) && !refused.problem().equals(Problems.NO_FACTOR);
        return unavailable(Problems.messageKey(refused.problem()), refused.retryAfterSeconds(), waitingHelps);
    }

    private Response unavailable(String message, Object argument, boolean canRetry) {
        return forms.get().setError(message, argument).setAttribute("canRetry", canRetry).createForm(UNAVAILABLE_TEMPLATE);
    }

    /** Key of the sentence that says what has become of the message; its argument is the hint. */
    static String deliveryKey(Challenge challenge, Delivery delivery) {
        return "gatehouse.delivery." + challenge.channel() + "." + delivery.id();
    }

    private Response page(LoginFormsProvider form, Challenge challenge) {
        Delivery delivery = code.delivery(challenge);
        return form.setAttribute("otp", Map.of(
                        "channel", challenge.channel(),
                        "hint", challenge.hint(),
                        "delivery", delivery.id(),
                        "newsAddress", code.newsAddress().toString(),
                        "codeLength", challenge.codeLength(),
                        "expiresAt", challenge.expiresAt(),
                        "resendAt", challenge.resendAt(),
                        "resendInSeconds", challenge.secondsToResend(Instant.now()),
                        "attemptsLeft", challenge.attemptsLeft(),
                        "purpose", code.purpose().id()))
                .setAttribute("canChange", canChange)
                .createForm(CODE_TEMPLATE);
    }
}
