package org.bulla.ui

import java.nio.file.Files
import java.nio.file.Path
import java.time.Duration
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.update
import kotlinx.serialization.json.JsonObjectBuilder
import org.bulla.MediaFile
import org.bulla.model.RoomId
import org.bulla.support.Deployment
import org.bulla.support.Stage
import org.bulla.support.newFolder
import org.bulla.ui.model.ChosenFile
import org.bulla.ui.model.FilePort
import org.bulla.ui.model.Heard
import org.bulla.ui.model.SoundFailure
import org.bulla.ui.model.SoundPlayer
import org.bulla.ui.model.SoundPort
import org.bulla.ui.model.SoundRecording
import org.bulla.ui.model.SoundTrouble
import org.bulla.ui.model.Sounding

/** A person's files: the one that they choose next, and where they put copies. */
class Desk(private val folder: Path = newFolder()) : FilePort {
    var next: ChosenFile? = null

    /** Whether a copy is wanted after all. */
    var keeps = true
    var released = 0

    override suspend fun choose(pictures: Boolean): ChosenFile? = next

    override suspend fun save(file: MediaFile): Boolean {
        if (keeps) file.save(folder.resolve("copie-" + file.name()).toString())
        return keeps
    }

    fun copy(name: String): ByteArray = Files.readAllBytes(folder.resolve("copie-$name"))

    /** The person is about to choose a file of these bytes. */
    fun lay(name: String, mime: String?, bytes: ByteArray, film: ChosenFile.Film? = null): ChosenFile {
        val path = folder.resolve(name).also { Files.write(it, bytes) }
        return ChosenFile(path.toString(), name, mime, bytes.size.toLong(), film) { released += 1 }.also { next = it }
    }
}

/** A sound card of the test's own: what it hears and how far it has played is said by the test. */
class TestSound(private val folder: Path = newFolder()) : SoundPort {
    /** Why there is no sound; null where there is. */
    var trouble: SoundTrouble? = null
    val heard = MutableStateFlow(Heard())
    val sounding = MutableStateFlow(Sounding())
    var discarded = 0
    var closed = 0
    var longest: Duration? = null

    override suspend fun record(longest: Duration): SoundRecording {
        trouble?.let { throw SoundFailure(it) }
        this.longest = longest
        heard.value = Heard()
        return object : SoundRecording {
            override val heard: StateFlow<Heard> = this@TestSound.heard

            override suspend fun finish(): ChosenFile {
                val file = folder.resolve("voice.wav").also { Files.write(it, ByteArray(3_200)) }
                return ChosenFile(file.toString(), "voice.wav", "audio/wav", 3_200) { Files.delete(file) }
            }

            override fun discard() {
                discarded += 1
            }
        }
    }

    override suspend fun open(file: MediaFile): SoundPlayer {
        trouble?.let { throw SoundFailure(it) }
        check(file.read(0uL, 16u).isNotEmpty())
        sounding.value = Sounding(duration = Duration.ofSeconds(12))
        return object : SoundPlayer {
            override val state: StateFlow<Sounding> = sounding

            override fun play() = sounding.update { it.copy(playing = true) }

            override fun pause() = sounding.update { it.copy(playing = false) }

            override fun seek(position: Duration) = sounding.update { it.copy(position = position) }

            override fun close() {
                closed += 1
            }
        }
    }

    fun leftNothing(): Boolean = Files.list(folder).use { it.count() } == 0L
}

/** The test file of <https://www.eicar.org>, in two parts, so that no antivirus finds this source. */
val EICAR = ("X5O!P%@AP[4\\PZX54(P^)7CC)7}\$EICAR-STANDARD-ANTI" + "VIRUS-TEST-FILE!\$H+H*").toByteArray()

/** Somebody whose deployment says this in its manifest, such as where its antivirus is; live. */
suspend fun Stage.deployed(desk: Desk? = null, sound: TestSound? = null, more: JsonObjectBuilder.() -> Unit): Person {
    val user = Deployment.newUser(1)
    val office = office(user.homeserver, user.id.substringAfter(':'))
    val person = Person(trust = office.trust(more), files = desk, sound = sound).also { atEnd(it::end) }
    person.app.start().done("the start")
    person.signInAs(user, office.url)
    return person.live()
}

/** Somebody with files and a sound card, live. */
suspend fun Stage.equipped(desk: Desk, sound: TestSound? = null, server: Int = 0, homeserver: String? = null): Person =
    Person(files = desk, sound = sound).also { atEnd(it::end) }.signIn(server, homeserver).live()

/** A conversation of the two. */
suspend fun Person.meet(other: Person): RoomId {
    val room = session.createDirect(other.user.id)
    other.session.join(room)
    other.rooms.state.until("the conversation") { state -> state.rows.any { it.id == room && it.members == 2u } }
    return room
}
