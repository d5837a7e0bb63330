package org.bulla.ui.words

import java.time.Duration
import org.bulla.model.MediaKind
import org.bulla.model.MessageBody
import org.bulla.model.ScanState
import org.bulla.model.SendTrouble
import org.bulla.model.Transfer
import org.bulla.model.Upload
import org.bulla.model.UploadState
import org.bulla.ui.model.FileState
import org.bulla.ui.model.SoundTrouble

// Files, pictures and voice, in words.

/** What a file is and what it is called, for whoever does not see it. */
fun Words.mediaNamed(body: MessageBody.Media): String {
    val what = if (body.kind == MediaKind.VOICE) mediaVoice else mediaNamed(media(body.kind), isolated(oneLine(body.name, 80)))
    return listOfNotNull(what, body.details.duration?.let(::clock), body.size?.let(::size)).joinToString(", ")
}

/** Why a file cannot be opened, or not yet; null where it can. [scanned] says whether there is an antivirus at all. */
fun Words.standing(state: FileState, scanned: Boolean): String? = when (state.scan) {
    ScanState.CLEAN -> null
    ScanState.WAITING -> state.problem?.let(::problem) ?: if (scanned) scanWaiting else loading
    ScanState.INFECTED -> problemInfected
    ScanState.TYPE_NOT_ALLOWED -> problemFileType
    ScanState.GONE -> problemFileGone
    ScanState.UNAVAILABLE -> problemNotScanned
}

fun Words.transferred(transfer: Transfer): String = transfer.total?.let { transferred(size(transfer.done), size(it)) } ?: size(transfer.done)

fun Words.standing(upload: Upload): String = when (val state = upload.state) {
    is UploadState.Waiting -> uploadWaiting
    is UploadState.Uploading -> uploadSending(percent(part(upload.sent, upload.size)))
    is UploadState.Failed -> if (state.why is SendTrouble.TooLarge) problemFileTooLarge else trouble(state.why)
}

/** How much of [whole] is [done], from 0 to 100. */
fun part(done: ULong, whole: ULong): Int = if (whole == 0uL) 0 else (done.toDouble() / whole.toDouble() * 100).toInt().coerceIn(0, 100)

fun Words.sound(trouble: SoundTrouble): String = when (trouble) {
    SoundTrouble.NO_INPUT -> soundNoInput
    SoundTrouble.NO_OUTPUT -> soundNoOutput
    SoundTrouble.NOT_ALLOWED -> soundNotAllowed
    SoundTrouble.FORMAT -> soundFormat
}

/** Minutes and seconds, such as 1:05. */
fun clock(duration: Duration): String {
    val seconds = duration.seconds.coerceAtLeast(0)
    val (minutes, rest) = seconds / 60 to seconds % 60
    return if (minutes < 60) "%d:%02d".format(minutes, rest) else "%d:%02d:%02d".format(minutes / 60, minutes % 60, rest)
}
