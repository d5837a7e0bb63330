package org.bulla.ui.model

import org.bulla.model.GroupDraft
import org.bulla.model.HistoryAccess
import org.bulla.model.Membership
import org.bulla.model.Refusal
import org.bulla.model.RoomAction
import org.bulla.model.RoomKind
import org.bulla.model.RoomNotifications
import org.bulla.support.story
import org.bulla.ui.done
import org.bulla.ui.person
import org.bulla.ui.until
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** What is set for a conversation, and the one that took its place, on the screens' models. */
class RoomSettingsTest {
    @Test
    fun setsAForumAsOneWantsIt() = story {
        val person = person()
        val forum = person.session.createGroup(GroupDraft("Cantine", null, listOf(), kind = RoomKind.FORUM))
        person.rooms.state.until("the forum") { state -> state.rows.any { it.id == forum } }
        person.app.go(Route.RoomSettings(forum))
        val model = checkNotNull(person.app.roomSettings(forum))
        model.state.until("one may") { it.may(RoomAction.CHANGE_HISTORY) && it.may(RoomAction.CHANGE_ALIAS) && it.summary != null }
        model.setNotifications(RoomNotifications.MENTIONS).done("notifications")
        model.setLowPriority(true).done("priority")
        model.setHistory(HistoryAccess.ANYONE).done("history")
        val name = "cantine-${person.user.id.substring(1, 12)}"
        model.setAddress(" #$name:${model.server} ").done("the address")
        model.state.until("all of it") {
            it.summary?.run { notifications == RoomNotifications.MENTIONS && lowPriority && history == HistoryAccess.ANYONE && alias == "#$name:${model.server}" } == true
        }
        model.setAddress("mal formée").done("the refusal")
        assertTrue(model.state.value.problem is Problem.Invalid, "${model.state.value.problem}")
        model.setNotifications(RoomNotifications.NOTHING).done("none")
        model.removeAddress().done("no address")
        model.state.until("none of it") { it.summary?.run { notifications == RoomNotifications.NOTHING && muted && alias == null } == true }
        assertNull(model.state.value.problem)
    }

    @Test
    fun saysBeforehandWhatIsRefused() = story {
        val (person, bilal) = person() to agent(1)
        val room = bilal.session.createGroup(GroupDraft("Projet", null, listOf(person.user.id)))
        person.rooms.state.until("the invitation") { it.invitations == 1 }
        person.rooms.accept(room).done("accepting")
        person.app.go(Route.RoomSettings(room))
        val model = checkNotNull(person.app.roomSettings(room))
        val state = model.state.until("what is refused") { it.abilities[RoomAction.UPGRADE] is Refusal.NeedsRole && it.summary?.membership == Membership.JOINED }
        assertTrue(state.abilities[RoomAction.CHANGE_HISTORY] is Refusal.NeedsRole)
        assertEquals(Refusal.Kind, state.abilities[RoomAction.CHANGE_ALIAS])
        model.setNotifications(RoomNotifications.ALL).done("what is this person's own")
        model.state.until("it is so") { it.summary?.notifications == RoomNotifications.ALL }
    }

    @Test
    fun aConversationGoesOnInAnother() = story {
        val (person, bilal) = person() to agent(1)
        val room = person.session.createGroup(GroupDraft("Projet", null, listOf(bilal.id)))
        bilal.accept(room)
        person.app.go(Route.RoomSettings(room))
        val model = checkNotNull(person.app.roomSettings(room))
        model.state.until("it may be moved") { it.may(RoomAction.UPGRADE) && it.summary?.members == 2u }
        model.upgrade().done("moving")
        assertEquals(null to 0, model.state.value.run { problem to notInvited }, "${model.state.value.upgraded?.invited?.map { it.failure }}")
        val here = person.app.state.value.here as Route.Conversation
        assertEquals(here.room, model.state.value.upgraded?.successor)
        val after = person.open(here.room)
        after.state.until("where it comes from") { it.summary?.predecessor == room }
        person.rooms.state.until("one conversation") { state -> state.rows.any { it.id == here.room } && state.rows.none { it.id == room } }
        after.goBack(person.app::openRoom).done("going back")
        assertEquals(Route.Conversation(room), person.app.state.value.here)
        val before = person.open(room)
        before.state.until("where it goes on") { it.summary?.successor == here.room }
        before.goOn(person.app::openRoom).done("going on")
        assertEquals(Route.Conversation(here.room), person.app.state.value.here)
        bilal.room("where it goes on for him") { it.id == room && it.successor == here.room }
    }
}
