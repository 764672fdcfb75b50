// Bodies that are read and answers that are written in pieces.
#include <algorithm>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "kit/http/session.h"
#include "kit/runtime/log.h"

namespace nova::kit::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bh = boost::beast::http;

void Session::readPiece(Piece piece) {
    asio::dispatch(m_stream.get_executor(), [self = shared_from_this(), piece = std::move(piece)]() mutable {
        self->m_piece = std::move(piece);
        if (self->m_bodyError) return self->givePiece(*self->m_bodyError);
        if (self->m_bodyParser->is_done()) return self->givePiece(std::string());
        self->allowBody([self] { self->readSome(); });
    });
}

void Session::readSome() {
    m_pieceBytes.resize(64 * 1024);
    auto& body = m_bodyParser->get().body();
    body.data = m_pieceBytes.data();
    body.size = m_pieceBytes.size();
    m_stream.expires_at(std::min(m_bodyUntil, std::chrono::steady_clock::now() + m_core->options.idle));
    bh::async_read_some(m_stream, m_buffer, *m_bodyParser,
                        [self = shared_from_this()](beast::error_code error, std::size_t) { self->onPiece(error); });
}

void Session::onPiece(beast::error_code error) {
    m_stream.expires_never();
    if (error == bh::error::need_buffer) error = {};
    if (error == bh::error::body_limit) {
        m_bodyError = badInput("the body is larger than " + std::to_string(m_route->limits.body) + " bytes");
    } else if (error == beast::error::timeout) {
        m_bodyError = transient("the body came too slowly");
    } else if (isGarbage(error)) {
        m_bodyError = badInput("the body is not HTTP/1.1: " + error.message());
    } else if (error) {
        m_bodyError = transient("the body was cut");
    }
    if (m_bodyError) return givePiece(*m_bodyError);
    m_pieceBytes.resize(m_pieceBytes.size() - m_bodyParser->get().body().size);
    if (m_pieceBytes.empty() && !m_bodyParser->is_done()) return readSome();
    givePiece(std::move(m_pieceBytes));
}

void Session::givePiece(Result<std::string> piece) {
    const auto waiting = std::exchange(m_piece, nullptr);
    if (waiting) waiting(std::move(piece));
}

void Session::cutBody() {
    asio::post(m_stream.get_executor(), [self = shared_from_this()] {
        if (!self->m_bodyParser || self->m_bodyParser->is_done()) return;
        if (!self->m_bodyError) self->m_bodyError = transient("the server is stopping");
        self->m_stream.close();
    });
}

void Session::writeContent() {
    m_contentLeft = m_head ? 0 : m_content->size;
    m_stream.expires_after(writeTime);
    m_serializer.emplace(m_response);
    bh::async_write_header(m_stream, *m_serializer, [self = shared_from_this()](beast::error_code error, std::size_t) {
        if (error || self->m_contentLeft == 0) return self->onWritten(error);
        self->nextContent();
    });
}

void Session::nextContent() {
    const bool taken = m_core->workers.submit([self = shared_from_this(), content = m_content](bool) {
        auto piece = content->next();
        asio::post(self->m_stream.get_executor(),
                   [self, piece = std::move(piece)]() mutable { self->writePiece(std::move(piece)); });
    });
    if (!taken) onWritten(asio::error::operation_aborted);
}

void Session::writePiece(Result<std::string> piece) {
    const bool fits =
        piece && !piece.value().empty() && static_cast<std::int64_t>(piece.value().size()) <= m_contentLeft;
    if (!fits) {
        logWarn("http", "an answer was cut: {}",
                piece ? "its content has another size than it said" : piece.error().what);
        return onWritten(asio::error::operation_aborted);
    }
    m_contentPiece = std::move(piece.value());
    m_contentLeft -= static_cast<std::int64_t>(m_contentPiece.size());
    m_stream.expires_after(writeTime);
    asio::async_write(m_stream, asio::buffer(m_contentPiece),
                      [self = shared_from_this()](beast::error_code error, std::size_t) {
                          if (error || self->m_contentLeft == 0) return self->onWritten(error);
                          self->nextContent();
                      });
}

}  // namespace nova::kit::http
