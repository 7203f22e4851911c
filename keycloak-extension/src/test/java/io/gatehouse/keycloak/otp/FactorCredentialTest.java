package io.gatehouse.keycloak.otp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.keycloak.credential.CredentialModel;

class FactorCredentialTest {

    @Test
    void keepsAReferenceAndAHintAndNothingElse() {
        FactorCredential factor = new FactorCredential("f-1", Channel.SMS, "•••• 7890");

        CredentialModel model = factor.toModel();

        assertEquals("gh-sms", model.getType());
        assertEquals("{\"factor_id\":\"f-1\",\"channel\":\"sms\",\"hint\":\"•••• 7890\"}", model.getCredentialData());
        assertEquals("{}", model.getSecretData());
        assertEquals(factor, FactorCredential.from(model));
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
