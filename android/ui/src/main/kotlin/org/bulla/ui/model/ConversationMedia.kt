package org.bulla.ui.model

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.flow.first
import org.bulla.Session
import org.bulla.Timeline
import org.bulla.model.Lifetime
import org.bulla.model.MediaDraft
import org.bulla.model.RoomId
import org.bulla.model.SessionState
import org.bulla.model.TimelineItem
import org.bulla.stateFlow

/** What a shell gives for files and sound, and what the deployment says of them. */
class MediaPorts(val files: FilePort? = null, val sound: SoundPort? = null, val scanned: () -> Boolean = { false })

/** All of a conversation that is not text: what stands in its rows, what is heard and looked at, and what is being sent. */
class ConversationMedia(
    session: Session,
    room: RoomId,
    part: Part?,
    ports: MediaPorts,
    scope: CoroutineScope,
    timeline: suspend () -> Timeline,
    /** How long what is sent next lives; null where it lives as the conversation has it. */
    private val lifetime: () -> Lifetime?,
    /** One message has a life of its own: what follows lives as the conversation has it again. */
    private val sent: () -> Unit,
    rows: () -> List<TimelineItem>,
) {
    val files = ConversationFiles(scope, ports.files, { session.online() }, timeline)
    val playback = Playback(scope, files, ports.sound)
    val viewer = Viewer(rows)
    val once = ReadOnce(scope, ports.files, playback, timeline)
    val attachments = Attachments(scope, session, room, (part as? Part.Thread)?.root, ports.files, ports.scanned()) { send(timeline, it) }
    val voice = VoiceMessage(scope, ports.sound) { send(timeline, it) }

    private suspend fun send(timeline: suspend () -> Timeline, draft: MediaDraft) {
        timeline().sendMedia(draft.copy(lifetime = lifetime()))
        sent()
    }

    /** Nothing of what was recorded or chosen stays. */
    fun end() {
        once.close()
        voice.discard()
        attachments.giveUp()
    }
}

/** Waits until it is connected. */
internal suspend fun Session.online() {
    stateFlow().first { it is SessionState.Live }
}
