package io.gatehouse.keycloak.otp.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;

import org.apache.http.client.config.RequestConfig;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClients;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.keycloak.http.simple.SimpleHttp;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/** Against a real HTTP server that answers as told. */
class WebhookOtpServiceTest {

    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final WebhookSecrets SECRETS = WebhookSecrets.parse(SECRET);
    private static final String CHALLENGE = """
            {"challenge_id": "c-1", "channel": "sms", "hint": "•••• 7890", "code_length": 6, "expires_at": "2026-01-01T00:05:00Z",
             "resend_at": "2026-01-01T00:00:30Z", "attempts_left": 5, "alternatives": []}""";
    private static final ChallengeRequest REQUEST =
            new ChallengeRequest("gatehouse", "u-1", "s-1", "login", "portal", "sms", null, "id", "192.0.2.1");

    private interface Script {
        void answer(HttpExchange exchange, String body) throws IOException;
    }

    private final List<Headers> received = new CopyOnWriteArrayList<>();
    private final List<String> bodies = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private CloseableHttpClient client;
    private Semaphore calls;
    private volatile Script script;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            received.add(exchange.getRequestHeaders());
            bodies.add(exchange.getRequestURI() + " " + body);
            script.answer(exchange, body);
            exchange.close();
        });
        server.start();
        client = HttpClients.createMinimal();
        calls = new Semaphore(1);
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        server.stop(0);
    }

    @Test
    void sendsASignedRequestAndReadsTheSignedAnswer() {
        script = (exchange, body) -> respond(exchange, 201, CHALLENGE);

        OtpResult.Ok<?> ok = assertInstanceOf(OtpResult.Ok.class, service().issue(REQUEST));

        assertEquals(new Challenge("c-1", "sms", "•••• 7890", 6, "2026-01-01T00:05:00Z", "2026-01-01T00:00:30Z", 5), ok.value());
        assertEquals("/otp/v1/challenges {\"realm\":\"gatehouse\",\"user_id\":\"u-1\",\"auth_session_id\":\"s-1\",\"purpose\":\"login\","
                + "\"client_id\":\"portal\",\"channel\":\"sms\",\"locale\":\"id\",\"ip_address\":\"192.0.2.1\"}", bodies.get(0));
        Headers headers = received.get(0);
        assertEquals(SECRETS.sign(headers.getFirst("webhook-id"), Long.parseLong(headers.getFirst("webhook-timestamp")),
                bodies.get(0).substring("/otp/v1/challenges ".length()).getBytes(UTF_8)), headers.getFirst("webhook-signature"));
        assertEquals("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", headers.getFirst("traceparent"));
    }

    @Test
    void asksForTheDeliveryWithoutABodyAndTakesSilenceForUnknown() {
        script = (exchange, body) -> respond(exchange, 200, "{\"status\": \"pending\", \"delivery\": \"delivered\"}");
        assertEquals(Delivery.DELIVERED, service().delivery("c-1"));
        assertEquals("/otp/v1/challenges/c-1 ", bodies.get(0));
        Headers headers = received.get(0);
        assertEquals(SECRETS.sign(headers.getFirst("webhook-id"), Long.parseLong(headers.getFirst("webhook-timestamp")), new byte[0]),
                headers.getFirst("webhook-signature"));

        script = (exchange, body) -> respond(exchange, 200, "{\"status\": \"pending\", \"delivery\": \"carried by a pigeon\"}");
        assertEquals(Delivery.UNKNOWN, service().delivery("c-1"));

        script = (exchange, body) -> exchange.sendResponseHeaders(200, -1);
        assertEquals(Delivery.UNKNOWN, service().delivery("c-1"));
        assertEquals(3, bodies.size(), "nobody waits for a second question");
    }

    @Test
    void asksForWhatWasImportedAndTakesSilenceForNothing() {
        script = (exchange, body) -> respond(exchange, 200, "[{\"channel\": \"email\", \"hint\": \"b•••@x.example\"}, {\"channel\": \"sms\", \"hint\": \"+62 ••• 89\"}]");
        assertEquals(Optional.of("+62 ••• 89"), service().imported("a realm/", "u-1", "sms"));
        assertEquals("/otp/v1/users/a%20realm%2F/u-1/imports ", bodies.get(0));

        for (String body : List.of("[]", "{}", "[{\"channel\": \"sms\"}]", "[{\"channel\": \"sms\", \"hint\": \"\"}]", "7", "[7]")) {
            script = (exchange, ignored) -> respond(exchange, 200, body);
            assertEquals(Optional.empty(), service().imported("gatehouse", "u-1", "sms"), body);
        }

        int asked = bodies.size();
        script = (exchange, body) -> send(exchange, 200, "[{\"channel\": \"sms\", \"hint\": \"forged\"}]");
        assertEquals(Optional.empty(), service().imported("gatehouse", "u-1", "sms"));
        script = (exchange, body) -> exchange.sendResponseHeaders(200, -1);
        assertEquals(Optional.empty(), service().imported("gatehouse", "u-1", "sms"));
        assertEquals(asked + 2, bodies.size(), "nobody waits for a second question");
    }

    @Test
    void admitsOnlyWhatSaysSo() {
        AdmissionRequest request = new AdmissionRequest("gatehouse", "siti@contoh.example", "Siti", "", null, "id", "192.0.2.1");
        script = (exchange, body) -> respond(exchange, 200, "{\"admitted\": true}");
        assertEquals(Admission.ADMITTED, service().admission(request));
        assertEquals("/admission/v1/requests {\"realm\":\"gatehouse\",\"email\":\"siti@contoh.example\",\"first_name\":\"Siti\","
                + "\"locale\":\"id\",\"ip_address\":\"192.0.2.1\"}", bodies.get(0), "what is not told is left out");
        assertEquals("AdmissionRequest[realm=gatehouse]", request.toString());

        script = (exchange, body) -> respond(exchange, 200, "{\"admitted\": false}");
        assertEquals(Admission.NOTED, service().admission(request));
        script = (exchange, body) -> respond(exchange, 429, "{\"type\": \"https://gatehouse.example/problems/admission/rate-limited\"}");
        assertEquals(Admission.LATER, service().admission(request));

        for (String body : List.of("{}", "{\"admitted\": \"true\"}", "{\"admitted\": 1}", "[]", "true")) {
            script = (exchange, ignored) -> respond(exchange, 200, body);
            assertEquals(Admission.UNAVAILABLE, service().admission(request), body);
        }
        script = (exchange, body) -> respond(exchange, 503, "{\"type\": \"https://gatehouse.example/problems/admission/full\"}");
        assertEquals(Admission.UNAVAILABLE, service().admission(request));
        script = (exchange, body) -> send(exchange, 200, "{\"admitted\": true}");
        assertEquals(Admission.UNAVAILABLE, service().admission(request), "what is not signed admits nobody");
    }

    @Test
    void approvesOnlyWhatSaysApprovedAndNamesTheFactor() {
        script = (exchange, body) -> respond(exchange, 200,
                "{\"status\": \"approved\", \"factor\": {\"id\": \"f-1\", \"channel\": \"sms\", \"hint\": \"••\"}}");
        assertEquals(new OtpResult.Ok<>(new Factor("f-1", "sms", "••")), service().verify("c-1", "s-1", "123456", "a-1"));

        for (String body : List.of("{}", "{\"status\": \"approved\"}", "{\"status\": \"pending\", \"factor\": {\"id\": \"f\", \"channel\": \"sms\"}}",
                "{\"status\": \"approved\", \"factor\": {\"channel\": \"sms\"}}", "[]", "true")) {
            script = (exchange, ignored) -> respond(exchange, 200, body);
            assertInstanceOf(OtpResult.Unavailable.class, service().verify("c-1", "s-1", "123456", "a-1"), body);
        }
    }

    @Test
    void tellsRefusalsWithTriesAndWait() {
        script = (exchange, body) -> respond(exchange, 422, "{\"type\": \"https://gatehouse.example/problems/otp/code-wrong\", \"attempts_left\": 3}");
        assertEquals(new OtpResult.Refused<>("otp/code-wrong", 3, null), service().verify("c-1", "s-1", "123456", "a-1"));

        script = (exchange, body) -> {
            exchange.getResponseHeaders().set("Retry-After", "60");
            respond(exchange, 429, "{\"type\": \"otp/rate-limited\"}");
        };
        assertEquals(new OtpResult.Refused<>("otp/rate-limited", null, 60L), service().resend("c-1", "s-1"));
    }

    @Test
    void whatIsBetweenTheProgramsIsNoMatterForPeople() {
        for (String type : List.of("webhook/unauthorized", "request/invalid", "about:blank", "")) {
            script = (exchange, body) -> respond(exchange, 400, "{\"type\": \"" + type + "\"}");
            assertInstanceOf(OtpResult.Unavailable.class, service().issue(REQUEST), type);
        }
    }

    @Test
    void believesNoAnswerThatIsNotSignedAndDoesNotAskAgain() {
        script = (exchange, body) -> send(exchange, 200, "{\"status\": \"approved\", \"factor\": {\"id\": \"f\", \"channel\": \"sms\"}}");

        assertInstanceOf(OtpResult.Unavailable.class, service().verify("c-1", "s-1", "123456", "a-1"));
        assertEquals(1, received.size());
    }

    @Test
    void believesNoAnswerToAnotherRequest() {
        script = (exchange, body) -> {
            exchange.getResponseHeaders().set("webhook-signature", signature("msg_other", exchange, 201, CHALLENGE));
            send(exchange, 201, CHALLENGE);
        };

        assertInstanceOf(OtpResult.Unavailable.class, service().issue(REQUEST));
    }

    @Test
    void repeatsALostCallOnceUnderTheSameId() {
        script = (exchange, body) -> {
            if (received.size() > 1) {
                respond(exchange, 201, CHALLENGE);
            }
        };

        assertInstanceOf(OtpResult.Ok.class, service().issue(REQUEST));
        assertEquals(2, received.size());
        assertEquals(received.get(0).getFirst("webhook-id"), received.get(1).getFirst("webhook-id"));

        assertInstanceOf(OtpResult.Ok.class, service().issue(REQUEST));
        assertNotEquals(received.get(0).getFirst("webhook-id"), received.get(2).getFirst("webhook-id"), "another call, another id");
    }

    @Test
    void proofsOfOneCodeInOneAttemptAreTheSameCall() {
        script = (exchange, body) -> { };
        service().verify("c-1", "s-1", "123456", "a-1");
        service().verify("c-1", "s-1", "123456", "a-1");
        service().verify("c-1", "s-1", "654321", "a-1");
        service().verify("c-1", "s-1", "123456", "a-2");

        List<String> ids = received.stream().map(headers -> headers.getFirst("webhook-id")).toList();
        assertEquals(8, ids.size(), "each is repeated once");
        assertEquals(1, ids.subList(0, 4).stream().distinct().count());
        assertEquals(3, ids.stream().distinct().count(), "another code or attempt, another id");
    }

    @Test
    void givesUpAfterTheSecondLoss() {
        script = (exchange, body) -> { };

        assertInstanceOf(OtpResult.Unavailable.class, service().issue(REQUEST));
        assertEquals(2, received.size());
    }

    @Test
    void refusesAnIncompleteChallenge() {
        script = (exchange, body) -> respond(exchange, 201, CHALLENGE.replace("\"hint\"", "\"other\""));

        assertInstanceOf(OtpResult.Unavailable.class, service().issue(REQUEST));
    }

    @Test
    void makesNoMoreCallsAtATimeThanAllowed() {
        script = (exchange, body) -> respond(exchange, 201, CHALLENGE);
        assertTrue(calls.tryAcquire());

        assertInstanceOf(OtpResult.Unavailable.class, service().issue(REQUEST));
        assertEquals(0, received.size());

        calls.release();
        assertInstanceOf(OtpResult.Ok.class, service().issue(REQUEST));
        assertEquals(1, calls.availablePermits());
    }

    @Test
    void isUnavailableWithoutAnAddress() {
        assertInstanceOf(OtpResult.Unavailable.class,
                new WebhookOtpService(null, calls, SimpleHttp.create(client), "").issue(REQUEST));
    }

    private OtpService service() {
        RequestConfig limits = RequestConfig.custom().setConnectTimeout(1000).setSocketTimeout(3000).build();
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        return new WebhookOtpService(new WebhookConfig(url, SECRETS, limits), calls, SimpleHttp.create(client),
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    }

    private static void respond(HttpExchange exchange, int status, String body) throws IOException {
        exchange.getResponseHeaders().set("webhook-signature",
                signature(exchange.getRequestHeaders().getFirst("webhook-id"), exchange, status, body));
        send(exchange, status, body);
    }

    private static String signature(String id, HttpExchange exchange, int status, String body) {
        long timestamp = Long.parseLong(exchange.getRequestHeaders().getFirst("webhook-timestamp"));
        return SECRETS.sign("resp." + id, timestamp, (status + "." + body).getBytes(UTF_8));
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
