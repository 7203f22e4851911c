package io.gatehouse.keycloak.events.relay;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.keycloak.models.KeycloakSession;
import org.keycloak.models.OrganizationModel;
import org.keycloak.models.RealmModel;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.gatehouse.keycloak.events.OutboxRow;
import io.gatehouse.keycloak.events.OutboxRow.SubjectKind;
import io.gatehouse.keycloak.state.CurrentState;

/** The state of everybody and everything that the rows of a round are about, each read once and all people together. */
final class Subjects {

    /** A user or organisation. */
    record Subject(String realmId, SubjectKind kind, String id) {

        static Subject of(OutboxRow row) {
            return new Subject(row.getRealmId(), row.getSubjectKind(), row.getSubjectId());
        }
    }

    /**
     * @param relevant {@code false} for service accounts: they are not people and nobody is told of them
     * @param json     {@code null} when it is gone
     */
    record Snapshot(boolean relevant, ObjectNode json) {

        private static final Snapshot GONE = new Snapshot(true, null);
    }

    private final KeycloakSession session;
    private final Map<Subject, Snapshot> snapshots = new HashMap<>();

    private Subjects(KeycloakSession session) {
        this.session = session;
    }

    /** Reads in statements that begin now, later than the one that has seen the rows. */
    static Subjects of(KeycloakSession session, Collection<OutboxRow> rows) {
        Subjects subjects = new Subjects(session);
        rows.stream().map(Subject::of).collect(Collectors.groupingBy(Subject::realmId, Collectors.toSet())).forEach(subjects::read);
        return subjects;
    }

    Snapshot of(OutboxRow row) {
        return snapshots.getOrDefault(Subject.of(row), Snapshot.GONE);
    }

    private void read(String realmId, Set<Subject> subjects) {
        RealmModel realm = session.realms().getRealm(realmId);
        if (realm == null) {
            return;
        }
        CurrentState state = new CurrentState(session, realm);
        state.users(ids(subjects, SubjectKind.USER)).forEach((id, user) ->
                snapshots.put(new Subject(realmId, SubjectKind.USER, id), new Snapshot(!user.serviceAccount(), user.json())));
        for (String id : ids(subjects, SubjectKind.ORGANIZATION)) {
            OrganizationModel organization = state.organization(id);
            if (organization != null) {
                snapshots.put(new Subject(realmId, SubjectKind.ORGANIZATION, id), new Snapshot(true, state.describe(organization)));
            }
        }
    }

    private static List<String> ids(Set<Subject> subjects, SubjectKind kind) {
        return subjects.stream().filter(subject -> subject.kind() == kind).map(Subject::id).toList();
    }
}
