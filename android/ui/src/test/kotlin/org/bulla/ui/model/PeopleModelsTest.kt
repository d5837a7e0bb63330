package org.bulla.ui.model

import kotlinx.coroutines.flow.first
import org.bulla.memberUpdates
import org.bulla.model.GroupDraft
import org.bulla.model.MemberRole
import org.bulla.model.Membership
import org.bulla.model.Person as Found
import org.bulla.model.Refusal
import org.bulla.model.RoomAction
import org.bulla.model.RoomKind
import org.bulla.support.inTime
import org.bulla.support.DEADLINE
import org.bulla.support.story
import org.bulla.ui.done
import org.bulla.ui.invitingByEmail
import org.bulla.ui.person
import org.bulla.ui.until
import org.bulla.ui.words.EnglishWords
import org.bulla.ui.words.title
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

class PeopleModelsTest {
    @Test
    fun startsADirectConversation() = story {
        val bilal = agent(1)
        val person = person()
        person.app.go(Route.NewConversation())
        val model = checkNotNull(person.app.newConversation(Route.NewConversation()))
        model.setSearch(bilal.id)
        model.state.until("he is found") { state -> state.found.any { it.user == bilal.id } && !state.searching }
        model.createDirect(bilal.id).done("creating")
        val here = person.app.state.until("the conversation is open") { it.here is Route.Conversation }.here as Route.Conversation
        val state = person.open(here.room).state.until("with him") { it.summary?.directWith == bilal.id }
        assertEquals(true, state.summary?.encrypted)
    }

    @Test
    fun createsAGroup() = story {
        val bilal = agent(1)
        val person = person()
        person.app.go(Route.NewGroup)
        val model = checkNotNull(person.app.newConversation(Route.NewGroup))
        model.createGroup().done("the refusal")
        assertEquals(true, model.state.value.problem is Problem.Invalid)
        model.setGroupName("  Astreinte  ")
        model.setTopic("nuit")
        model.choose(Found(bilal.id, "Bilal", null))
        model.choose(Found(bilal.id, "Bilal", null))
        assertEquals(1, model.state.value.chosen.size)
        model.choose(Found("@other:nowhere.example", null, null))
        model.remove("@other:nowhere.example")
        model.createGroup().done("creating")
        val here = person.app.state.until("the group is open") { it.here is Route.Conversation }.here as Route.Conversation
        val summary = checkNotNull(person.open(here.room).state.until("its name") { it.summary?.topic == "nuit" }.summary)
        assertEquals("Astreinte", EnglishWords.title(summary))
        bilal.live()
        bilal.room("he is invited") { it.id == here.room && it.membership == Membership.INVITED }
    }

    @Test
    fun renamesAndInvites() = story {
        val bilal = agent(1)
        val person = person()
        val room = person.session.createGroup(GroupDraft("Avant", null, listOf()))
        person.rooms.state.until("the room") { state -> state.rows.any { it.id == room } }
        person.app.go(Route.Details(room))
        val model = checkNotNull(person.app.details(room))
        model.state.until("its only member") { it.mine(person.user.id) != null }
        model.rename("Après").done("renaming")
        model.setTopic("Sujet").done("the topic")
        model.invite(bilal.id).done("inviting")
        val state = model.state.until("all three") { state ->
            state.summary?.topic == "Sujet" && state.members.any { it.user == bilal.id && it.membership == Membership.INVITED } &&
                state.summary?.let(EnglishWords::title) == "Après"
        }
        assertEquals(false, state.busy)
        model.invite("nobody").done("the refusal")
        assertEquals(true, model.state.value.problem is Problem.Invalid, "${model.state.value.problem}")
        model.leave().done("leaving")
        assertEquals(Route.Rooms, person.app.state.value.here)
    }

    @Test
    fun choosesTheKindOfAGroup() = story {
        val person = person()
        person.app.go(Route.NewGroup)
        val model = checkNotNull(person.app.newConversation(Route.NewGroup))
        assertEquals(listOf(RoomKind.PRIVATE, RoomKind.PRIVATE_WITH_GUESTS, RoomKind.FORUM, RoomKind.SPACE), model.state.value.kinds)
        model.setGroupName("Entraide")
        model.setKind(RoomKind.FORUM)
        model.createGroup().done("creating")
        val here = person.app.state.until("the forum is open") { it.here is Route.Conversation }.here as Route.Conversation
        person.open(here.room).state.until("a forum") { it.summary?.kind == RoomKind.FORUM && it.summary?.encrypted == false }
    }

    @Test
    fun givesARoleAndRemoves() = story {
        val bilal = agent(1)
        val person = person()
        val room = person.session.createGroup(GroupDraft("Cellule", null, listOf(bilal.id)))
        bilal.accept(room)
        person.app.go(Route.Details(room))
        val model = checkNotNull(person.app.details(room))
        model.state.until("both") { state -> state.members.count { it.membership == Membership.JOINED } == 2 && state.may(RoomAction.CHANGE_ROLES) }
        assertEquals(true, model.state.value.lastAdministrator)
        model.setRole(bilal.id, MemberRole.ADMINISTRATOR).done("the role")
        model.state.until("two administrators") { it.mine(bilal.id)?.role == MemberRole.ADMINISTRATOR && !it.lastAdministrator }
        model.setRole(bilal.id, MemberRole.PARTICIPANT).done("taking it")
        model.remove(bilal.id).done("removing")
        model.state.until("alone") { state -> state.members.none { it.user == bilal.id && it.membership == Membership.JOINED } }
        assertEquals(null, model.state.value.problem)
    }

    @Test
    fun namesAnotherAdministratorAndLeaves() = story {
        val (bilal, person) = agent(1) to person()
        val room = person.session.createGroup(GroupDraft("Cellule", null, listOf(bilal.id)))
        person.app.go(Route.Details(room))
        val model = checkNotNull(person.app.details(room))
        model.state.until("nobody else is in it yet") { !it.loading && it.members.size == 2 }
        assertEquals(emptyList<String>(), model.state.value.successors(model.me).map { it.user })
        bilal.accept(room)
        model.state.until("somebody to name") { state -> state.successors(model.me).map { it.user } == listOf(bilal.id) }
        model.leaveTo("nobody").done("the refusal")
        assertEquals(true, model.state.value.problem is Problem.Invalid, "${model.state.value.problem}")
        assertEquals(Route.Details(room), person.app.state.value.here)
        model.leaveTo(bilal.id).done("leaving")
        assertEquals(Route.Rooms, person.app.state.value.here)
        bilal.open(room).room.memberUpdates().let { members ->
            inTime("he manages it") { members.first { all -> all.any { it.user == bilal.id && it.role == MemberRole.ADMINISTRATOR } && all.none { it.user == person.user.id } } }
        }
    }

    @Test
    fun invitesByEmail() = story(DEADLINE * 3) {
        val seen = mutableListOf<String>()
        invitingByEmail { seen += it }
        assertEquals(listOf("new-email", "new-group-email", "new-group-email-guest", "details-mailed"), seen)
    }

    @Test
    fun opensToGuestsAndByLink() = story {
        val person = person()
        val room = person.session.createGroup(GroupDraft("Cellule", null, listOf()))
        person.rooms.state.until("the room") { state -> state.rows.any { it.id == room } }
        person.app.go(Route.Details(room))
        val model = checkNotNull(person.app.details(room))
        model.state.until("it may be opened") { it.may(RoomAction.OPEN_TO_GUESTS) }
        model.openToGuests().done("opening")
        model.state.until("open, once") { it.summary?.kind == RoomKind.PRIVATE_WITH_GUESTS && it.abilities[RoomAction.OPEN_TO_GUESTS] is Refusal.AlreadySo }
        model.setLinkAccess(true).done("the link")
        model.state.until("a link") { it.summary?.link?.startsWith("https://matrix.to/#/") == true }
        model.setLinkAccess(false).done("no link")
        model.state.until("none") { it.summary?.link == null }
        assertEquals(null, model.state.value.problem)
    }
}
