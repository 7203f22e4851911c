package io.gatehouse.keycloak.resync;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;

import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.events.EventListenerProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.OrganizationModel;
import org.keycloak.models.RealmModel;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.gatehouse.keycloak.events.OutboxEventListenerFactory;
import io.gatehouse.keycloak.otp.CodeDeliveryResource;
import io.gatehouse.keycloak.state.CurrentState;
import io.gatehouse.keycloak.state.UserState;

import jakarta.persistence.EntityManager;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/**
 * For the service: pages through everybody, to find what the stream of events has missed, and has states sent again through that
 * stream. Pages are cut by id, so people who come and go meanwhile shift nothing.
 */
@Produces(MediaType.APPLICATION_JSON)
public class ResyncResource {

    private static final int MAX_PAGE = 500;

    private static final String USER_IDS = "SELECT u.id FROM UserEntity u "
            + "WHERE u.realmId = :realm AND u.serviceAccountClientLink IS NULL AND u.id > :after ORDER BY u.id";
    private static final String ORGANIZATION_IDS =
            "SELECT o.id FROM OrganizationEntity o WHERE o.realmId = :realm AND o.id > :after ORDER BY o.id";
    private static final String MEMBER_IDS = "SELECT m.user.id FROM UserGroupMembershipEntity m, OrganizationEntity o "
            + "WHERE m.groupId = o.groupId AND o.id = :organization ORDER BY m.user.id";

    private final KeycloakSession session;
    private final RealmModel realm;
    private final EntityManager em;

    ResyncResource(KeycloakSession session) {
        this.session = session;
        this.realm = session.getContext().getRealm();
        this.em = session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }

    /** Users by ascending id, each as in an event record. */
    @GET
    @Path("users")
    public Response users(@QueryParam("after") @DefaultValue("") String after, @QueryParam("max") @DefaultValue("" + MAX_PAGE) int max) {
        ServiceAccounts.require(session);
        CurrentState state = new CurrentState(session, realm);
        return page(USER_IDS, after, max, ids -> {
            Map<String, UserState> users = state.users(ids);
            return ids.stream().map(users::get).filter(Objects::nonNull).map(UserState::json);
        });
    }

    /** What an attribute says, of the users who have it, by ascending id. */
    @GET
    @Path("users/attributes/{name: [A-Za-z0-9._-]{1,64}}")
    public Response attributes(@PathParam("name") String name, @QueryParam("after") @DefaultValue("") String after,
                               @QueryParam("max") @DefaultValue("" + MAX_PAGE) int max) {
        ServiceAccounts.require(session);
        CurrentState state = new CurrentState(session, realm);
        return page(USER_IDS, after, max, ids -> ids.stream().map(state::user).filter(Objects::nonNull)
                .flatMap(user -> Stream.ofNullable(user.getFirstAttribute(name))
                        .map(value -> JsonNodeFactory.instance.objectNode().put("id", user.getId()).put("value", value))));
    }

    /** Organisations by ascending id, with the ids of their members. */
    @GET
    @Path("organizations")
    public Response organizations(@QueryParam("after") @DefaultValue("") String after,
                                  @QueryParam("max") @DefaultValue("" + MAX_PAGE) int max) {
        ServiceAccounts.require(session);
        CurrentState state = new CurrentState(session, realm);
        return page(ORGANIZATION_IDS, after, max, ids -> ids.stream().map(state::organization).filter(Objects::nonNull).map(this::describe));
    }

    /** Puts a row in the outbox for each id; the relay sends the state it finds then, or {@code null} for what does not exist. */
    @POST
    @Path("resync")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response resync(ResyncRequest request) {
        ServiceAccounts.require(session);
        if (request == null || !request.isWithinBounds()) {
            throw new BadRequestException("expected up to 1000 users and up to 1000 organizations");
        }
        OutboxEventListenerFactory outbox = (OutboxEventListenerFactory) session.getKeycloakSessionFactory()
                .getProviderFactory(EventListenerProvider.class, OutboxEventListenerFactory.ID);
        if (!outbox.captures(realm)) {
            throw new NotFoundException("the events of this realm are not captured");
        }
        outbox.resync(session, realm, request.users(), request.organizations());
        int accepted = request.users().size() + request.organizations().size();
        // Keycloak refuses to send an answer without content type.
        return Response.accepted(JsonNodeFactory.instance.objectNode().put("accepted", accepted).toString())
                .type(MediaType.APPLICATION_JSON_TYPE).build();
    }

    /** News for the code page; the only thing here that is open to people. */
    @Path("code-delivery")
    public CodeDeliveryResource codeDelivery() {
        return new CodeDeliveryResource(session);
    }

    private Response page(String query, String after, int max, Function<List<String>, Stream<ObjectNode>> describe) {
        if (max < 1 || max > MAX_PAGE) {
            throw new BadRequestException("max: expected 1 to " + MAX_PAGE);
        }
        List<String> ids = em.createQuery(query, String.class).setParameter("realm", realm.getId()).setParameter("after", after)
                .setMaxResults(max).getResultList();
        ObjectNode page = JsonNodeFactory.instance.objectNode();
        ArrayNode items = page.putArray("items");
        describe.apply(ids).forEach(items::add);
        page.put("next", ids.size() < max ? null : ids.get(ids.size() - 1));
        return Response.ok(page.toString(), MediaType.APPLICATION_JSON_TYPE).build();
    }

    private ObjectNode describe(OrganizationModel organization) {
        ObjectNode json = JsonNodeFactory.instance.objectNode()
                .put("id", organization.getId())
                .put("alias", organization.getAlias())
                .put("name", organization.getName())
                .put("enabled", organization.isEnabled());
        ObjectNode attributes = json.putObject("attributes");
        organization.getAttributes().forEach((name, values) -> values.forEach(attributes.putArray(name)::add));
        ArrayNode members = json.putArray("members");
        em.createQuery(MEMBER_IDS, String.class).setParameter("organization", organization.getId()).getResultList().forEach(members::add);
        return json;
    }
}
