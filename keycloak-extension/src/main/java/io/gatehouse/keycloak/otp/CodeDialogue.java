package io.gatehouse.keycloak.otp;

import java.time.Instant;
import java.util.regex.Pattern;

import io.gatehouse.keycloak.otp.service.Challenge;
import io.gatehouse.keycloak.otp.service.Factor;
import io.gatehouse.keycloak.otp.service.OtpResult;
import io.gatehouse.keycloak.otp.service.Problems;

import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;

/** What happens with a form of the code page, the same in a login and in an enrolment. */
final class CodeDialogue {

    private static final Pattern SEPARATORS = Pattern.compile("[\\s-]+");
    private static final int MAX_TYPED = 64;

    /** How the page continues; {@code page} is {@code null} when the code was right. */
    record Outcome(Response page, Factor proved, boolean wrongCode) {

        private static Outcome show(Response page) {
            return new Outcome(page, null, false);
        }
    }

    private final CodeSession code;
    private final CodePages pages;

    CodeDialogue(CodeSession code, CodePages pages) {
        this.code = code;
        this.pages = pages;
    }

    Outcome answer(Challenge challenge, MultivaluedMap<String, String> form) {
        if (CodePages.RESEND.equals(form.getFirst(CodePages.ACTION))) {
            return Outcome.show(resend(challenge));
        }
        // Anything without a code, such as the button that tries again after an outage, only shows the page.
        String typed = form.getFirst(CodePages.CODE);
        return typed == null ? Outcome.show(pages.ask(challenge)) : verify(challenge, typed);
    }

    /** A code that is over is replaced by a new one; one that lives is sent once more. */
    private Response resend(Challenge challenge) {
        OtpResult<Challenge> result = challenge.expiredAt(Instant.now()) ? code.issueAgain() : code.resend(challenge);
        if (result instanceof OtpResult.Refused<Challenge> over && Problems.endsChallenge(over.problem())) {
            result = code.issueAgain();
        }
        if (result instanceof OtpResult.Ok<Challenge> sent) {
            return pages.askAfterResend(sent.value());
        }
        return result instanceof OtpResult.Refused<Challenge> refused ? pages.askDespite(challenge, refused) : pages.unavailable();
    }

    private Outcome verify(Challenge challenge, String typed) {
        String digits = typed.length() > MAX_TYPED ? "" : SEPARATORS.matcher(typed).replaceAll("");
        if (!digits.matches("[0-9]{" + challenge.codeLength() + "}")) {
            // Cannot be the code, so it is not worth a call and costs no try.
            return Outcome.show(pages.askAgain(challenge, Problems.CODE_WRONG, challenge.attemptsLeft()));
        }
        OtpResult<Factor> result = code.verify(challenge, digits);
        if (result instanceof OtpResult.Ok<Factor> proved) {
            return new Outcome(null, proved.value(), false);
        }
        return result instanceof OtpResult.Refused<Factor> refused ? refused(challenge, refused) : Outcome.show(pages.unavailable());
    }

    private Outcome refused(Challenge challenge, OtpResult.Refused<Factor> refused) {
        return switch (refused.problem()) {
            case Problems.CODE_WRONG -> new Outcome(
                    pages.askAgain(code.current().orElse(challenge), Problems.CODE_WRONG, refused.attemptsLeft()), null, true);
            case Problems.CODE_EXPIRED, Problems.ALREADY_USED, Problems.NOT_FOUND ->
                    Outcome.show(pages.askAgain(challenge, refused.problem(), null));
            case Problems.RATE_LIMITED -> Outcome.show(pages.askAgain(challenge, refused.problem(), refused.retryAfterSeconds()));
            default -> Outcome.show(pages.unavailable(refused));
        };
    }
}
