package io.gatehouse.keycloak.otp.service;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.stream.StreamSupport;

import org.apache.http.entity.ByteArrayEntity;
import org.apache.http.entity.ContentType;
import org.jboss.logging.Logger;
import org.keycloak.http.simple.SimpleHttp;
import org.keycloak.http.simple.SimpleHttpRequest;
import org.keycloak.http.simple.SimpleHttpResponse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.gatehouse.keycloak.events.TraceParent;

/** Calls the service over HTTP, signed both ways. Bodies are never logged: they hold addresses and codes. */
final class WebhookOtpService implements OtpService {

    private static final Logger LOG = Logger.getLogger(WebhookOtpService.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long MAX_ANSWER_BYTES = 64 * 1024;
    private static final int TRIES = 2;
    private static final byte[] NO_BODY = {};

    private record Answer(int status, String signatures, String retryAfter, String body) {
    }

    private final WebhookConfig config;
    private final Semaphore calls;
    private final SimpleHttp http;
    private final String traceParent;

    WebhookOtpService(WebhookConfig config, Semaphore calls, SimpleHttp http, String traceParent) {
        this.config = config;
        this.calls = calls;
        this.http = http.withMaxConsumedResponseSize(MAX_ANSWER_BYTES);
        this.traceParent = traceParent;
        if (config != null) {
            http.withRequestConfig(config.limits());
        }
    }

    @Override
    public OtpResult<Challenge> issue(ChallengeRequest request) {
        return complete(post("/otp/v1/challenges", newId(), request, Challenge.class));
    }

    @Override
    public OtpResult<Challenge> resend(String challengeId, String authSessionId) {
        return complete(post("/otp/v1/challenges/" + challengeId + "/resend", newId(), Map.of("auth_session_id", authSessionId),
                Challenge.class));
    }

    @Override
    public OtpResult<Factor> verify(String challengeId, String authSessionId, String code, String attempt) {
        OtpResult<JsonNode> result = post("/otp/v1/challenges/" + challengeId + "/verification", idOf(attempt, code),
                Map.of("auth_session_id", authSessionId, "code", code), JsonNode.class);
        if (result instanceof OtpResult.Ok<JsonNode> ok) {
            return approval(ok.value());
        }
        return result instanceof OtpResult.Refused<JsonNode> no
                ? new OtpResult.Refused<>(no.problem(), no.attemptsLeft(), no.retryAfterSeconds()) : new OtpResult.Unavailable<>();
    }

    /** Somebody waits for a page, so this is asked once, and not knowing is an answer. */
    @Override
    public Delivery delivery(String challengeId) {
        OtpResult<JsonNode> result = call("/otp/v1/challenges/" + challengeId, newId(), NO_BODY, 1, JsonNode.class);
        return result instanceof OtpResult.Ok<JsonNode> ok ? Delivery.of(ok.value().path("delivery").asText()) : Delivery.UNKNOWN;
    }

    /** Somebody waits for a page that is of use without it, so this is asked once, and no answer is one, too. */
    @Override
    public Optional<String> imported(String realm, String userId, String channel) {
        OtpResult<JsonNode> result = call("/otp/v1/users/" + segment(realm) + "/" + segment(userId) + "/imports", newId(), NO_BODY, 1,
                JsonNode.class);
        if (!(result instanceof OtpResult.Ok<JsonNode> ok)) {
            return Optional.empty();
        }
        return StreamSupport.stream(ok.value().spliterator(), false)
                .filter(imported -> channel.equals(imported.path("channel").asText()))
                .map(imported -> imported.path("hint").asText()).filter(hint -> !hint.isEmpty()).findFirst();
    }

    /** Only the literal word admits. */
    @Override
    public Admission admission(AdmissionRequest request) {
        OtpResult<JsonNode> result = post("/admission/v1/requests", newId(), request, JsonNode.class);
        if (result instanceof OtpResult.Ok<JsonNode> ok) {
            JsonNode admitted = ok.value().path("admitted");
            if (admitted.isBoolean()) {
                return admitted.booleanValue() ? Admission.ADMITTED : Admission.NOTED;
            }
            unavailable("an answer that admits nobody and notes nothing");
        }
        return result instanceof OtpResult.Refused<JsonNode> ? Admission.LATER : Admission.UNAVAILABLE;
    }

    /** RFC 3986 section 3.3; the encoder of forms writes a blank as plus. */
    private static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public void close() {
        // the connection pool is Keycloak's
    }

    /** Only the literal approval of a named factor opens the door. */
    private static OtpResult<Factor> approval(JsonNode body) {
        Factor factor = JSON.convertValue(body.path("factor"), Factor.class);
        if (!"approved".equals(body.path("status").asText()) || factor == null || factor.id() == null || factor.channel() == null) {
            return unavailable("an answer that approves nothing");
        }
        return new OtpResult.Ok<>(factor);
    }

    private static OtpResult<Challenge> complete(OtpResult<Challenge> result) {
        return result instanceof OtpResult.Ok<Challenge> ok && !ok.value().isComplete() ? unavailable("an incomplete challenge") : result;
    }

    private static String newId() {
        return "msg_" + UUID.randomUUID();
    }

    /** The id of one code in one attempt. The attempt is random and never leaves Keycloak, so the id says nothing of the code. */
    private static String idOf(String attempt, String code) {
        return "msg_" + UUID.nameUUIDFromBytes((attempt + "." + code).getBytes(StandardCharsets.UTF_8));
    }

    private <T> OtpResult<T> post(String path, String id, Object body, Class<T> answerType) {
        try {
            return call(path, id, JSON.writeValueAsBytes(body), TRIES, answerType);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("strings are always writable as JSON", e);
        }
    }

    private <T> OtpResult<T> call(String path, String id, byte[] body, int tries, Class<T> answerType) {
        if (config == null) {
            return unavailable("no address configured");
        }
        if (!calls.tryAcquire()) {
            return unavailable("too many calls at the same time");
        }
        try {
            return read(exchange(path, id, body, tries), answerType);
        } catch (IOException e) {
            LOG.debug("call failed", e);
            return unavailable(e.getClass().getSimpleName());
        } finally {
            calls.release();
        }
    }

    /** The id stays the same when a call is repeated, so the service carries it out once however often it arrives. */
    private Answer exchange(String path, String id, byte[] body, int tries) throws IOException {
        IOException failure = null;
        for (int attempt = 0; attempt < tries; attempt++) {
            try {
                return exchange(path, id, Instant.now().getEpochSecond(), body);
            } catch (ForgedAnswerException e) {
                throw e;
            } catch (IOException e) {
                failure = e;
            }
        }
        throw failure;
    }

    private Answer exchange(String path, String id, long timestamp, byte[] body) throws IOException {
        try (SimpleHttpResponse response = request(path, body)
                .header("webhook-id", id)
                .header("webhook-timestamp", Long.toString(timestamp))
                .header("webhook-signature", config.secrets().sign(id, timestamp, body))
                .header(TraceParent.HEADER, traceParent)
                .header("Accept", "application/json, application/problem+json").asResponse()) {
            String text = response.asString() == null ? "" : response.asString();
            Answer answer = new Answer(response.getStatus(), response.getFirstHeader("webhook-signature"),
                    response.getFirstHeader("retry-after"), text);
            if (!config.secrets().verifiesAnswer(answer.signatures(), id, timestamp, answer.status(), text.getBytes(StandardCharsets.UTF_8))) {
                throw new ForgedAnswerException(answer.status());
            }
            return answer;
        }
    }

    /** Without a body it only asks. */
    private SimpleHttpRequest request(String path, byte[] body) {
        String url = config.url() + path;
        return body.length == 0 ? http.doGet(url) : http.doPost(url).entity(new ByteArrayEntity(body, ContentType.APPLICATION_JSON));
    }

    private static <T> OtpResult<T> read(Answer answer, Class<T> answerType) throws JsonProcessingException {
        if (answer.status() >= 200 && answer.status() < 300) {
            T value = JSON.readValue(answer.body(), answerType);
            return value == null ? unavailable("an empty answer") : new OtpResult.Ok<>(value);
        }
        JsonNode problem = JSON.readTree(answer.body());
        String code = code(problem.path("type").asText(""));
        if (!Problems.forPeople(code)) {
            return unavailable("status " + answer.status() + " " + code);
        }
        JsonNode left = problem.path("attempts_left");
        return new OtpResult.Refused<>(code, left.canConvertToInt() ? left.intValue() : null, seconds(answer.retryAfter()));
    }

    /** The last two segments of a problem type, such as {@code otp/code-wrong}; empty when it is not of that form. */
    static String code(String type) {
        String[] segments = type.split("/");
        int count = segments.length;
        String code = count < 2 ? "" : segments[count - 2] + "/" + segments[count - 1];
        return code.matches("[a-z]{1,20}/[a-z-]{1,40}") ? code : "";
    }

    /** {@code Retry-After} in its form of seconds (RFC 9110 section 10.2.3), the only one the service writes. */
    static Long seconds(String retryAfter) {
        return retryAfter != null && retryAfter.matches("\\d{1,9}") ? Long.valueOf(retryAfter) : null;
    }

    private static <T> OtpResult<T> unavailable(String why) {
        LOG.warnf("The code service gave no answer to act on: %s", why);
        return new OtpResult.Unavailable<>();
    }

    /** Something answered that does not know the secret. Asking again would not make it any better. */
    private static final class ForgedAnswerException extends IOException {

        ForgedAnswerException(int status) {
            super("answer with status " + status + " is not signed by the service");
        }
    }
}
