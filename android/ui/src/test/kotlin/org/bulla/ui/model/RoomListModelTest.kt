package org.bulla.ui.model

import org.bulla.model.GroupDraft
import org.bulla.model.Membership
import org.bulla.model.RoomFilter
import org.bulla.model.SessionState
import org.bulla.model.StorageTrouble
import org.bulla.support.story
import org.bulla.ui.done
import org.bulla.ui.person
import org.bulla.ui.until
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

class RoomListModelTest {
    @Test
    fun filtersAndSearches() = story {
        val bilal = agent(1)
        val person = person()
        val direct = person.session.createDirect(bilal.id)
        val crisis = person.session.createGroup(GroupDraft("Cellule de crise", "astreinte", listOf()))
        val move = person.session.createGroup(GroupDraft("Déménagement", null, listOf()))
        val model = person.rooms
        fun shows(what: String, vararg rooms: String): suspend () -> Unit = {
            model.state.until(what) { state -> state.rows.map { it.id }.toSet() == rooms.toSet() && state.total == rooms.size }
        }
        shows("everything", direct, crisis, move)()
        model.setFilter(RoomFilter.PEOPLE)
        shows("people", direct)()
        model.setFilter(RoomFilter.ROOMS)
        shows("groups", crisis, move)()
        model.setSearch("demenage")
        shows("the group that fits", move)()
        model.setSearch("astreinte")
        shows("the group whose topic fits", crisis)()
        model.setSearch("nothing like it")
        model.state.until("nothing") { it.empty }
        model.setSearch("")
        model.setFilter(RoomFilter.FAVOURITES)
        model.state.until("no favourite") { it.empty }
        model.favourite(move, true).done("favourite")
        shows("the favourite", move)()
        model.mute(move, true).done("mute")
        model.state.until("muted") { state -> state.rows.single().muted }
    }

    @Test
    fun acceptsAnInvitation() = story {
        val bilal = agent(1)
        val person = person()
        bilal.live()
        val room = bilal.session.createDirect(person.user.id)
        val model = person.rooms
        model.state.until("the invitation") { state -> state.invitations == 1 && state.rows.any { it.id == room && it.membership == Membership.INVITED } }
        model.accept(room).done("accepting")
        model.state.until("it is joined") { state -> state.invitations == 0 && state.busy.isEmpty() && state.rows.any { it.id == room && it.membership == Membership.JOINED } }
    }

    @Test
    fun declinesAnInvitation() = story {
        val bilal = agent(1)
        val person = person()
        bilal.live()
        val room = bilal.session.createDirect(person.user.id)
        val model = person.rooms
        model.state.until("the invitation") { it.invitations == 1 }
        model.decline(room).done("declining")
        model.state.until("it is gone") { state -> state.invitations == 0 && state.rows.none { it.id == room } }
    }

    @Test
    fun leavesAConversation() = story {
        val person = person()
        val room = person.session.createGroup(GroupDraft("Éphémère", null, listOf()))
        person.rooms.state.until("the room") { state -> state.rows.any { it.id == room } }
        person.rooms.leave(room).done("leaving")
        person.rooms.state.until("it is gone") { state -> state.rows.none { it.id == room } }
    }

    @Test
    fun showsOfflineAndBack() = story {
        val proxy = proxy()
        val person = person(0, proxy.url)
        val model = person.rooms
        model.state.until("live") { it.connection is SessionState.Live }
        proxy.refuse()
        model.state.until("offline") { it.connection is SessionState.Offline }
        proxy.heal()
        model.state.until("live again") { it.connection is SessionState.Live }
    }

    @Test
    fun streamErrorIsShownAndRetried() = story {
        val person = person()
        val room = person.session.createGroup(GroupDraft("Cellule", null, listOf()))
        person.rooms.state.until("the room") { state -> state.rows.any { it.id == room } }
        person.app.home()
        // The session is closed under the list: asking for it again fails in the core itself, until the account is open again.
        val session = person.session
        session.shutdown()
        val model = RoomListModel(session, kotlinx.coroutines.CoroutineScope(kotlinx.coroutines.Dispatchers.Default))
        assertEquals(Problem.Closed, model.state.until("the list cannot be shown") { it.listProblem != null }.listProblem)
        model.retry()
        model.state.until("it says so again") { !it.loading && it.listProblem == Problem.Closed }
        model.close()
    }

    @Test
    fun aStreamThatFailsIsAskedForAgain() = story {
        val person = person()
        val room = person.session.createGroup(GroupDraft("Cellule", null, listOf()))
        val seen = kotlinx.coroutines.flow.MutableStateFlow<Any?>(null)
        var broken = true
        val scope = kotlinx.coroutines.CoroutineScope(kotlinx.coroutines.Dispatchers.Default)
        val following = Following(
            scope,
            {
                if (broken) kotlinx.coroutines.flow.flow { throw org.bulla.model.Failure.Storage(StorageTrouble.FULL) }
                else person.rooms.state
            },
            { seen.value = it },
        ) { state: RoomListState -> seen.value = state.rows.map { it.id } }
        seen.until("the trouble") { it == Problem.Storage(StorageTrouble.FULL) }
        broken = false
        following.again()
        seen.until("the rows") { it == listOf(room) }
    }
}
