package io.gatehouse.keycloak.otp.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookSecretsTest {

    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String OTHER = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private static final long TIMESTAMP = 1614265330;
    private static final byte[] BODY = "{\"test\": 2432232314}".getBytes(UTF_8);

    /** The vector of the reference libraries of Standard Webhooks. */
    @Test
    void signsLikeTheReferenceLibraries() {
        assertEquals("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", WebhookSecrets.parse(SECRET).sign(ID, TIMESTAMP, BODY));
    }

    @Test
    void verifiesOnlyTheAnswerThatWasSigned() {
        WebhookSecrets secrets = WebhookSecrets.parse(SECRET);
        String signature = answerSignature(SECRET, ID, 200, BODY);

        assertTrue(secrets.verifiesAnswer(signature, ID, TIMESTAMP, 200, BODY));
        assertFalse(secrets.verifiesAnswer(signature, ID, TIMESTAMP, 201, BODY), "another status");
        assertFalse(secrets.verifiesAnswer(signature, ID, TIMESTAMP + 1, 200, BODY), "another time");
        assertFalse(secrets.verifiesAnswer(signature, ID + "x", TIMESTAMP, 200, BODY), "another request");
        assertFalse(secrets.verifiesAnswer(signature, ID, TIMESTAMP, 200, "{\"test\": 2432232315}".getBytes(UTF_8)), "another body");
        assertFalse(secrets.verifiesAnswer(null, ID, TIMESTAMP, 200, BODY), "no signature");
    }

    @Test
    void doesNotTakeARequestForAnAnswer() {
        WebhookSecrets secrets = WebhookSecrets.parse(SECRET);

        assertFalse(secrets.verifiesAnswer(secrets.sign(ID, TIMESTAMP, BODY), ID, TIMESTAMP, 200, BODY));
    }

    @Test
    void whileASecretIsReplacedTheFirstSignsAndAllVerify() {
        WebhookSecrets both = WebhookSecrets.parse(OTHER + ", " + SECRET);

        assertEquals(WebhookSecrets.parse(OTHER).sign(ID, TIMESTAMP, BODY), both.sign(ID, TIMESTAMP, BODY));
        assertTrue(both.verifiesAnswer(answerSignature(SECRET, ID, 200, BODY), ID, TIMESTAMP, 200, BODY));
        assertTrue(both.verifiesAnswer(answerSignature(OTHER, ID, 200, BODY), ID, TIMESTAMP, 200, BODY));
    }

    @Test
    void findsTheRightSignatureAmongSeveralButNotBehindTen() {
        WebhookSecrets secrets = WebhookSecrets.parse(SECRET);
        String right = answerSignature(SECRET, ID, 200, BODY);

        assertTrue(secrets.verifiesAnswer("v2,abcd v1,AAAA V1,BBBB " + right, ID, TIMESTAMP, 200, BODY));
        assertFalse(secrets.verifiesAnswer("v1,AAAA ".repeat(10) + right, ID, TIMESTAMP, 200, BODY));
        assertFalse(secrets.verifiesAnswer(right.replace("v1,", "v1a,"), ID, TIMESTAMP, 200, BODY));
        assertFalse(secrets.verifiesAnswer("v1,not base64 at all", ID, TIMESTAMP, 200, BODY));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " , ", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_c2hvcnQ=", "whsec_!!!!", "whpk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"})
    void refusesWhatIsNoSecretWithoutQuotingIt(String text) {
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> WebhookSecrets.parse(text));

        assertFalse(refusal.getMessage().contains("MfKQ") || refusal.getMessage().contains("c2hv"), refusal.getMessage());
    }

    private static String answerSignature(String secret, String id, int status, byte[] body) {
        // The signed content of an answer is that of a request whose id is "resp.{id}" and whose body is "{status}.{body}".
        byte[] content = (status + "." + new String(body, UTF_8)).getBytes(UTF_8);
        return WebhookSecrets.parse(secret).sign("resp." + id, TIMESTAMP, content);
    }
}
