package io.gatehouse.keycloak.registration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import org.junit.jupiter.api.Test;

import jakarta.ws.rs.core.MultivaluedHashMap;

class AdmissionFormActionTest {

    @Test
    void asksOnlyAboutWhatCanBeAnAddress() {
        for (String address : List.of("siti@contoh.example", "a+b@c.d")) {
            assertTrue(AdmissionFormAction.isAddress(address), address);
        }
        for (String text : List.of("", "siti", "siti@", "@contoh.example", "siti@contoh", "a b@contoh.example", "a@b@contoh.example",
                "a@" + "x".repeat(250) + ".example")) {
            assertFalse(AdmissionFormAction.isAddress(text), text);
        }
    }

    @Test
    void readsWhatWasTypedWithoutTheBlanksAroundIt() {
        MultivaluedHashMap<String, String> form = new MultivaluedHashMap<>();
        form.putSingle("email", "  siti@contoh.example ");
        assertEquals("siti@contoh.example", AdmissionFormAction.text(form, "email"));
        assertEquals("", AdmissionFormAction.text(form, "company"));
        form.add("email", "evil@contoh.example");
        assertEquals("", AdmissionFormAction.text(form, "email"), "of two that may differ neither is asked about");
    }
}
