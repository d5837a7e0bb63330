package org.bulla.demo

import java.io.PrintStream
import java.nio.file.Path
import java.time.ZoneId
import java.time.format.DateTimeFormatter
import kotlin.system.exitProcess
import kotlin.text.Charsets.UTF_8
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TimeSource
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.mapNotNull
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonObjectBuilder
import kotlinx.serialization.json.add
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.put
import kotlinx.serialization.json.putJsonArray
import org.bulla.Bulla
import org.bulla.FileKeyStore
import org.bulla.Media
import org.bulla.Room
import org.bulla.Session
import org.bulla.SignInAttempt
import org.bulla.Timeline
import org.bulla.abilityUpdates
import org.bulla.model.Config
import org.bulla.model.EndingState
import org.bulla.model.EventItem
import org.bulla.model.Failure
import org.bulla.model.GroupDraft
import org.bulla.model.ItemContent
import org.bulla.model.ItemId
import org.bulla.model.Lifetime
import org.bulla.model.MediaDraft
import org.bulla.model.MediaKind
import org.bulla.model.MemberRole
import org.bulla.model.Membership
import org.bulla.model.MessageBody
import org.bulla.model.MessageDraft
import org.bulla.model.OauthApp
import org.bulla.model.OauthStart
import org.bulla.model.PollDraft
import org.bulla.model.Refusal
import org.bulla.model.RoomAction
import org.bulla.model.RoomKind
import org.bulla.model.SendState
import org.bulla.model.SessionState
import org.bulla.model.TimelineItem
import org.bulla.model.Trust
import org.bulla.model.UserId
import org.bulla.roomList
import org.bulla.rows
import org.bulla.stateFlow
import org.bulla.uploadList

// The Kotlin agent of `cargo xtask demo`: reads commands from standard input and answers on standard output, a JSON object a line.
// A command is {"id": 1, "do": "send", "text": "..."}; its answer {"id": 1, "ok": true, ...} or {"id": 1, "ok": false, "error": "..."}.

/** The least that a message can live. */
private val SHORTEST = java.time.Duration.ofSeconds(30)

/** No command takes longer. */
private val DEADLINE = 60.seconds

fun main() {
    val input = System.`in`.bufferedReader(UTF_8)
    val output = PrintStream(System.out, true, UTF_8)
    runBlocking(Dispatchers.Default) {
        val agent = Agent(this)
        while (true) {
            val line = withContext(Dispatchers.IO) { input.readLine() } ?: break
            val command = Json.parseToJsonElement(line).jsonObject
            output.println(agent.answer(command))
            if (command.text("do") == "quit") break
        }
        agent.leave()
    }
    exitProcess(0)
}

private class Agent(private val scope: CoroutineScope) {
    private var bulla: Bulla? = null
    private var session: Session? = null
    private var attempt: SignInAttempt? = null
    private var conversation: Conversation? = null
    private var room: String? = null

    suspend fun answer(command: JsonObject): JsonObject = buildJsonObject {
        put("id", command.getValue("id"))
        try {
            val answer = withTimeout(DEADLINE) { buildJsonObject { obey(command) } }
            put("ok", true)
            answer.forEach { (name, value) -> put(name, value) }
        } catch (failure: Failure) {
            refuse("${failure::class.simpleName}(${failure.message})")
        } catch (_: TimeoutCancellationException) {
            refuse("not within $DEADLINE")
        } catch (error: IllegalStateException) {
            refuse(error.message.orEmpty())
        }
    }

    suspend fun leave() {
        conversation?.close()
        session?.shutdown()
    }

    private fun JsonObjectBuilder.refuse(why: String) {
        put("ok", false)
        put("error", why)
    }

    private suspend fun JsonObjectBuilder.obey(command: JsonObject) {
        when (val wish = command.text("do")) {
            "discover" -> discover(command)
            "refuse_address" -> refused { library(command).discover(command.text("email")) }
            "refuse_server" -> refused {
                library(command).signIn(command.text("homeserver"), command.text("user"), command.text("password"))
            }
            "sign_in" -> signIn(command)
            "begin" -> begin(command)
            "finish" -> signedIn(checkNotNull(attempt) { "nothing was begun" }.use { it.finish(command.text("callback")) })
            "wait_must_choose" -> session().stateFlow().first { it is SessionState.MustChoosePassword }
            "refuse_rooms" -> refused { session().createDirect(command.text("user")) }
            "choose_password" -> session().changePassword(command.text("password"), command.text("new"))
            "delete_account" -> delete(command)
            "open" -> open(command)
            "wait_live" -> session().stateFlow().first { it is SessionState.Live }
            "create_direct" -> put("room", session().createDirect(command.text("user")))
            "create_private" -> put("room", session().createGroup(GroupDraft(command.text("text"))))
            "invite" -> inRoom(command) { it.invite(command.text("user")) }
            "refuse_invite" -> inRoom(command) { room -> refused { room.invite(command.text("user")) } }
            "open_to_guests" -> inRoom(command) { it.openToGuests() }
            "make_administrator" -> inRoom(command) { it.setRole(command.text("user"), MemberRole.ADMINISTRATOR) }
            "refuse_role" -> inRoom(command) { room -> refused { room.setRole(command.text("user"), MemberRole.MODERATOR) } }
            "refuse_create" -> refused { session().mayCreate(RoomKind.PRIVATE) }
            "refuse_browse" -> refused { session().mayBrowse() }
            "wait_may" -> inRoom(command) { room -> room.abilityUpdates().first { all -> all.any { it.action == RoomAction.CHANGE_ROLES && it.refused == null } } }
            "wait_refusals" -> inRoom(command) { put("refused", refusals(it)) }
            "wait_invitation" -> put("room", invitation())
            "join" -> session().join(command.text("room"))
            "open_room" -> openRoom(command.text("room"))
            "send" -> timeline().sendText(command.text("text"))
            "reply" -> timeline().reply(sent(command.text("to")), command.text("text"))
            "edit" -> timeline().edit(sent(command.text("of")), command.text("text"))
            "react" -> put("added", timeline().react(sent(command.text("to")), command.text("key")))
            "redact" -> timeline().redact(sent(command.text("of")), null)
            "mark_read" -> timeline().markRead()
            "announce" -> timeline().send(MessageDraft(command.text("text"), announcement = true))
            "confirm" -> put("confirmed", timeline().confirm(sent(command.text("of"))))
            "wait_confirmed" -> tell(event { it.text == command.text("text") && command.text("user") in it.announcement?.confirmed.orEmpty() })
            "answer_in_thread" -> answerInThread(command.text("of"), command.text("text"))
            "wait_thread" -> tell(event { it.text == command.text("of") && it.threadSummary?.replies == 1u })
            "poll" -> timeline().sendPoll(PollDraft(command.text("text"), command.text("of").split('|')))
            "vote" -> vote(command.text("of"), command.text("key"))
            "wait_vote" -> tell(event { it.poll(command.text("of"))?.answers.orEmpty().any { answer -> answer.text == command.text("key") && answer.votes == 1u } })
            "send_ending" -> timeline().send(MessageDraft(command.text("text"), lifetime = Lifetime.FromSending(SHORTEST)))
            "wait_due" -> tell(event { it.text == command.text("text") && it.ending?.state is EndingState.Due })
            "wait_gone" -> conversation().gone(command.text("text"))
            "send_once" -> timeline().send(MessageDraft(command.text("text"), lifetime = Lifetime.Once))
            "open_once" -> timeline().openOnce(event { it.covered }.first).use { put("text", (it.body() as MessageBody.Text).plain) }
            "refuse_once" -> opened().let { item -> refused { timeline().openOnce(item) } }
            "wait_opened" -> tell(event { it.mine && it.ending?.openedBy.orEmpty().contains(command.text("user")) })
            "send_file" -> sendFile(command.text("text"))
            "open_file" -> put("bytes", media(command.text("text")).use { it.open().use { file -> file.size().toLong() } })
            "refuse_file" -> media(command.text("text")).use { media -> refused { media.open() } }
            "older" -> put("start", timeline().paginateBack(20u))
            "wait_text" -> tell(event { it.text == command.text("text") })
            "wait_edited" -> tell(event { it.text == command.text("text") && it.edited })
            "wait_reply" -> tell(event { it.text == command.text("text") && it.replyTo?.body != null })
            "wait_reaction" -> tell(event { it.text == command.text("on") && it.reacted(command.text("key")) })
            "wait_redacted" -> tell(event { it.body is MessageBody.Redacted })
            "wait_read_by" -> conversation().readBy(command.text("user"))
            "pause" -> session().pause()
            "resume" -> session().resume()
            "shutdown" -> shutdown()
            "show" -> putJsonArray("lines") { conversation().lines().forEach { add(it) } }
            "quit" -> {}
            else -> error("no such command: $wish")
        }
    }

    private suspend fun JsonObjectBuilder.discover(command: JsonObject) {
        val found = library(command).discover(command.text("email"))
        put("server", found.instance.server)
        put("base_url", found.instance.baseUrl)
    }

    /** Succeeds where [work] is refused, and says why. */
    private suspend fun JsonObjectBuilder.refused(work: suspend () -> Any?) {
        val failure = try {
            work()
            null
        } catch (failure: Failure) {
            failure
        }
        put("refused", "${checkNotNull(failure) { "it was not refused" }::class.simpleName}(${failure.message})")
    }

    private suspend fun JsonObjectBuilder.signIn(command: JsonObject) =
        signedIn(library(command).signIn(command.text("homeserver"), command.text("user"), command.text("password")))

    /** Has the browser's address made; `finish` takes what it came back to. */
    private suspend fun JsonObjectBuilder.begin(command: JsonObject) {
        val app = OauthApp("Bulla demo", "https://bulla.example.org/", "org.example.bulla:/callback")
        val new = library(command).beginSignIn(command.text("homeserver"), app, OauthStart(hint = command.text("email")))
        attempt = new
        put("url", new.url())
    }

    private fun JsonObjectBuilder.signedIn(new: Session) {
        session = new
        put("account", new.account().id)
        put("user", new.account().user)
    }

    private suspend fun JsonObjectBuilder.delete(command: JsonObject) {
        conversation?.close()
        conversation = null
        session().deactivate(command.text("password"), erase = true)
        session = null
        put("accounts_left", checkNotNull(bulla).accounts().size)
    }

    /** Opens an account again, as a new start of the app does: the list comes from the store, before the network is up. */
    private suspend fun JsonObjectBuilder.open(command: JsonObject) {
        val library = library(command)
        val began = TimeSource.Monotonic.markNow()
        val opened = library.open(command.text("account"))
        session = opened
        val rooms = opened.roomList().first()
        put("rooms_from_store", rooms.size)
        put("ms", began.elapsedNow().inWholeMicroseconds / 1000.0)
        put("state", opened.stateFlow().first()::class.simpleName)
    }

    private fun library(command: JsonObject): Bulla = bulla ?: run {
        val folder = Path.of(command.text("folder"))
        val trust = command["manifest"]?.let { Trust(listOf(command.text("signed_by")), it.jsonPrimitive.content) }
        Bulla(Config("$folder", "Bulla demo", trust), FileKeyStore(folder.resolveSibling("keys-${folder.fileName}"))).also { bulla = it }
    }

    private suspend fun invitation() = session().roomList().mapNotNull { rows ->
        rows.find { it.membership == Membership.INVITED }?.id
    }.first()

    private suspend fun inRoom(command: JsonObject, work: suspend (Room) -> Any?) {
        session().room(command.text("room")).use { work(it) }
    }

    /** What this account may not do there as a guest, once it is told so. */
    private suspend fun refusals(room: Room): String = room.abilityUpdates().mapNotNull { all ->
        all.filter { it.refused is Refusal.Guest }.takeIf { it.isNotEmpty() }?.joinToString(" ") { "${it.action}" }
    }.first()

    private suspend fun openRoom(room: String) {
        conversation?.close()
        // A room that was just made may not have come by sync yet.
        session().roomList().first { rows -> rows.any { it.id == room && it.membership == Membership.JOINED } }
        val timeline = session().room(room).use { it.timeline() }
        conversation = Conversation(timeline, scope)
        this.room = room
    }

    private suspend fun answerInThread(of: String, text: String) {
        val root = checkNotNull(event { it.text == of && it.eventId != null }.second.eventId)
        session().room(checkNotNull(room) { "no room is open" }).use { it.thread(root) }.use { it.sendText(text) }
    }

    private suspend fun vote(question: String, answer: String) {
        val (item, asked) = event { it.poll(question) != null && it.eventId != null }
        val chosen = checkNotNull(asked.poll(question)).answers.single { it.text == answer }
        timeline().vote(item, listOf(chosen.id))
    }

    /** A message that was to be read once, and was. */
    private suspend fun opened(): ItemId = event { !it.mine && it.body is MessageBody.Opened }.first

    private suspend fun sendFile(path: String) {
        timeline().sendMedia(MediaDraft(path, MediaKind.FILE))
        session().uploadList().first { it.isEmpty() }
    }

    /** The file of this name, once it is there. */
    private suspend fun media(name: String): Media = timeline().media(event { (it.body as? MessageBody.Media)?.name == name && it.eventId != null }.first)

    private suspend fun shutdown() {
        conversation?.close()
        session().shutdown()
        session().close()
        conversation = null
        session = null
    }

    private suspend fun event(wanted: (EventItem) -> Boolean) = conversation().event(wanted)

    /** The row of a message that can be answered: it has left, or came from the server. */
    private suspend fun sent(text: String): ItemId = event { it.text == text && it.sendState is SendState.Delivered }.first

    private fun JsonObjectBuilder.tell(found: Pair<ItemId, EventItem>) {
        put("from", found.second.sender)
        put("item", found.first)
    }

    private fun session() = session ?: error("not signed in")
    private fun conversation() = conversation ?: error("no room is open")
    private fun timeline() = conversation().timeline
}

/** A conversation as a screen would hold it. */
private class Conversation(val timeline: Timeline, scope: CoroutineScope) {
    private val rows = MutableStateFlow(emptyList<TimelineItem>())
    private val collecting: Job = scope.launch { timeline.rows().collect { rows.value = it } }

    suspend fun event(wanted: (EventItem) -> Boolean): Pair<ItemId, EventItem> =
        rows.mapNotNull { events(it).findLast { (_, event) -> wanted(event) } }.first()

    /** Waits until [user] has read the newest message of this account. */
    suspend fun readBy(user: UserId) = rows.first { shown ->
        val all = events(shown).map { it.second }
        val newest = all.indexOfLast { it.mine }
        newest >= 0 && all.drop(newest).any { event -> event.readBy.any { it.user == user } }
    }

    /** Waits until no message has this text any more. */
    suspend fun gone(text: String) = rows.first { shown -> shown.isNotEmpty() && events(shown).none { it.second.text == text } }

    fun lines(): List<String> = events(rows.value).mapNotNull { (_, event) -> event.line }

    suspend fun close() {
        collecting.cancelAndJoin()
        timeline.close()
    }

    private fun events(rows: List<TimelineItem>) = rows.mapNotNull { row ->
        (row.content as? ItemContent.Event)?.let { row.id to it.event }
    }
}

private val CLOCK = DateTimeFormatter.ofPattern("HH:mm").withZone(ZoneId.systemDefault())

/** `10:02 alice: ↩ In ten minutes (edited) 👍`; none for what nobody said. */
private val EventItem.line: String?
    get() {
        val said = when (val body = body) {
            is MessageBody.Text -> body.plain
            is MessageBody.Poll -> "${body.question} ${body.answers.joinToString(", ", "[", "]") { "${it.text}: ${it.votes ?: "?"}" }}"
            is MessageBody.Redacted -> "(deleted)"
            is MessageBody.Undecryptable -> "(cannot be read: ${body.why})"
            else -> return null
        }
        val who = senderName ?: sender.drop(1).substringBefore(':')
        val answer = if (replyTo != null) "↩ " else ""
        val edit = if (edited) " (edited)" else ""
        val thread = threadSummary?.let { " (${it.replies} in a thread)" }.orEmpty()
        val read = announcement?.let { " (announcement, ${it.confirmed.size} confirmed)" }.orEmpty()
        val marks = reactions.joinToString("") { " ${it.key}${if (it.count > 1u) "${it.count}" else ""}" }
        val waits = if (sendState is SendState.Delivered) "" else " …"
        return "${CLOCK.format(at)} $who: $answer$said$edit$read$thread$marks$waits"
    }

private val EventItem.text get() = (body as? MessageBody.Text)?.plain

private val EventItem.covered get() = !mine && body is MessageBody.Covered && eventId != null

private fun EventItem.poll(question: String) = (body as? MessageBody.Poll)?.takeIf { it.question == question }

private fun EventItem.reacted(key: String) = reactions.any { it.key == key }

private fun JsonObject.text(name: String) = get(name)?.jsonPrimitive?.content ?: error("\"$name\" is missing")
