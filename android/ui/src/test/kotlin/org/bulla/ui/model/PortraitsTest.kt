package org.bulla.ui.model

import java.awt.Color
import java.util.concurrent.atomic.AtomicInteger
import javax.imageio.ImageIO
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.model.GroupDraft
import org.bulla.model.RoomAction
import org.bulla.model.RoomId
import org.bulla.support.Stage
import org.bulla.support.story
import org.bulla.ui.Album
import org.bulla.ui.Person
import org.bulla.ui.done
import org.bulla.ui.person
import org.bulla.ui.photo
import org.bulla.ui.until
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Test

/** Pictures of people and rooms: chosen, seen by others, taken away. */
class PortraitsTest {
    @Test
    fun aPictureIsChosenSeenByOthersAndRemoved() = story {
        val album = Album()
        val (alice, bob) = photographer(album) to person(1)
        val room = alice.session.createDirect(bob.user.id)
        bob.session.join(room)
        alice.app.go(Route.Settings)
        val settings = checkNotNull(alice.app.settings())
        settings.state.until("the profile") { it.card != null }
        // Whoever chooses none changes nothing.
        settings.chooseAvatar().done("giving it up")
        assertNull(settings.state.value.profile?.avatar)
        album.next = photo(Color(20, 90, 200))
        settings.chooseAvatar().done("choosing it")
        val uri = checkNotNull(settings.state.value.profile?.avatar) { "${settings.state.value.problem}" }
        assertEquals(uri, settings.state.value.card?.avatar)

        bob.rooms.state.until("her picture") { state -> state.rows.any { it.id == room && it.avatar == uri } }
        val portraits = bob.portraits()
        assertNull(portraits.at(uri, 96u))
        assertEquals(96, portraits.portrait(uri, 96u))
        assertEquals(96, portraits.at(uri, 96u))

        settings.removeAvatar().done("taking it away")
        assertNull(settings.state.value.profile?.avatar)
        bob.rooms.state.until("no picture") { state -> state.rows.any { it.id == room && it.avatar == null } }
    }

    @Test
    fun whatIsNoPictureIsToldAndNothingChanges() = story {
        val album = Album("<svg/>".toByteArray())
        val alice = photographer(album)
        alice.app.go(Route.Settings)
        val settings = checkNotNull(alice.app.settings())
        settings.state.until("the profile") { it.card != null }
        settings.chooseAvatar().done("choosing it")
        assertEquals(Problem.Invalid(Field.PICTURE, FieldTrouble.MALFORMED), settings.state.value.problem)
        assertNull(settings.state.value.profile?.avatar)
        assertNull(alice.portraits().portrait("https://elsewhere.example/a.png", 96u))
    }

    @Test
    fun aRoomsPictureIsForThoseWhoMay() = story {
        val album = Album(photo(Color(200, 40, 40)))
        val (alice, bob) = photographer(album) to photographer(album, 1)
        val room = alice.session.createGroup(GroupDraft("Portrait", null, listOf(bob.user.id)))
        bob.session.join(room)
        val hers = alice.details(room)
        hers.state.until("what she may") { it.may(RoomAction.CHANGE_AVATAR) }
        hers.chooseAvatar().done("choosing it")
        bob.rooms.state.until("its picture") { state -> state.rows.any { it.id == room && it.avatar != null } }
        val his = bob.details(room)
        his.state.until("what he may") { it.abilities.isNotEmpty() && !it.may(RoomAction.CHANGE_AVATAR) }
        his.chooseAvatar().done("choosing it all the same")
        assertEquals(Problem.Refused("M_FORBIDDEN"), his.state.value.problem)
        hers.removeAvatar().done("taking it away")
        bob.rooms.state.until("no picture") { state -> state.rows.any { it.id == room && it.avatar == null } }
    }

    @Test
    fun onePictureIsAskedForOnce() = story {
        val alice = photographer(Album())
        val uris = List(2) { at ->
            alice.session.setAvatar(photo(Color(at, 0, 0)))
            checkNotNull(alice.session.profile().avatar)
        }
        val made = AtomicInteger()
        val portraits = Portraits(alice.session) { bytes -> bytes.also { made.incrementAndGet() } }
        val all = coroutineScope { List(8) { async { portraits.portrait(uris[0], 96u) } }.awaitAll() }
        assertEquals(1, made.get())
        all.forEach { assertSame(all[0], it) }
        // Other sizes are other pictures; the oldest of too many is forgotten, and had again.
        for (size in 16u until 16u + Portraits.KEPT.toUInt()) assertNotNull(portraits.portrait(uris[1], size))
        assertEquals(1 + Portraits.KEPT, made.get())
        assertNull(portraits.at(uris[0], 96u))
        assertNotNull(portraits.portrait(uris[0], 96u))
        assertEquals(2 + Portraits.KEPT, made.get())
    }

    /** Someone new with an album, signed in and live. */
    private suspend fun Stage.photographer(album: Album, server: Int = 0): Person = Person(pictures = album).also { atEnd(it::end) }.signIn(server).live()

    /** What is made of a picture is the length of its side. */
    private fun Person.portraits() = Portraits(session) { png -> ImageIO.read(png.inputStream()).width }

    private fun Person.details(room: RoomId) = app.run {
        go(Route.Details(room))
        checkNotNull(details(room))
    }
}
