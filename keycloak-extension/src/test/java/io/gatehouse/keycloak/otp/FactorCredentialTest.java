package io.gatehouse.keycloak.otp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.keycloak.credential.CredentialModel;

class FactorCredentialTest {

    @Test
    void keepsAReferenceAndAHintAndNothingElse() {
        FactorCredential factor = new FactorCredential("f-1", Channel.SMS, "•••• 7890", null);

        CredentialModel model = factor.toModel();

        assertEquals("gh-sms", model.getType());
        assertEquals("{\"factor_id\":\"f-1\",\"channel\":\"sms\",\"hint\":\"•••• 7890\"}", model.getCredentialData());
        assertEquals("{}", model.getSecretData());
        assertEquals(factor, FactorCredential.from(model));
    }

    @Test
    void a06_47_keepsWhichNoticeWasConfirmedAndWhen() {
        FactorCredential factor = new FactorCredential("f-1", Channel.SMS, "•••• 7890",
                new FactorCredential.Notice("2026-11-22", "2026-11-22T02:00:00Z"));

        String data = factor.toModel().getCredentialData();

        assertTrue(data.endsWith("\"notice\":{\"version\":\"2026-11-22\",\"confirmed_at\":\"2026-11-22T02:00:00Z\"}}"), data);
        assertEquals(factor, FactorCredential.from(factor.toModel()));
    }

    @Test
    void isNotMadeFromAnythingElse() {
        CredentialModel password = new CredentialModel();
        password.setType("password");
        assertThrows(IllegalArgumentException.class, () -> FactorCredential.from(password));

        CredentialModel broken = new CredentialModel();
        broken.setType("gh-email");
        broken.setCredentialData("not JSON");
        assertThrows(IllegalArgumentException.class, () -> FactorCredential.from(broken));
    }
}
