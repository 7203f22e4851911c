package io.gatehouse.keycloak.events;

import io.gatehouse.keycloak.events.OutboxRow.SubjectKind;

/** Rows as the collector writes them. */
public final class RowFixture {

    public static final String TRACE_PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private RowFixture() {
    }

    public static OutboxRow user() {
        return row("org.keycloak.user.LOGIN", SubjectKind.USER);
    }

    public static OutboxRow organization() {
        return row("org.keycloak.admin.ORGANIZATION.UPDATE", SubjectKind.ORGANIZATION);
    }

    private static OutboxRow row(String type, SubjectKind kind) {
        return new OutboxRow(new CapturedEvent("e-1", type, "r-1", "gatehouse", kind, "s-1", 1_700_000_000_000L,
                null, null, null, null, null, null, null, null, null), TRACE_PARENT);
    }
}
