// One accepted HTTP connection. Internal to kit/http: includes Beast.
#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <functional>
#include <memory>
#include <optional>

#include "kit/http/core.h"

namespace nova::kit::http {

inline constexpr std::chrono::seconds writeTime{30};

// What came is not HTTP; a connection that merely ended is not meant.
bool isGarbage(boost::beast::error_code error);

// Reads a request, has it answered, writes, reads the next. All members are touched on the connection's strand only.
class Session : public HttpConnection, public std::enable_shared_from_this<Session> {
public:
    using Piece = std::function<void(Result<std::string>)>;

    Session(boost::asio::ip::tcp::socket socket, std::shared_ptr<Core> core);
    ~Session() override;
    void start();
    void closeIfIdle();                           // thread: any
    void cutBody();                               // thread: any
    void readPiece(Piece piece);                  // thread: any; of a streamed body, one at a time
    bool own(const std::string& owner) override;  // thread: any

private:
    template <typename Body>
    using Parser = boost::beast::http::request_parser<Body>;

    void read();
    void onHeader(boost::beast::error_code error);
    void readBody();
    void onBody(boost::beast::error_code error);
    void allowBody(std::function<void()> then);
    void onReadError(boost::beast::error_code error);
    void begin();
    void dispatch(HttpRequest request);
    void submit(HttpRequest request, const std::function<HttpResponse(const HttpRequest&)>& answerTo);
    void readSome();
    void onPiece(boost::beast::error_code error);
    void givePiece(Result<std::string> piece);
    void respond(HttpResponse answer);
    void refuse(int status, std::string_view code,
                std::string_view message);  // answers and closes: the stream is out of step
    void write();
    void writeContent();
    void nextContent();
    void writePiece(Result<std::string> piece);
    void onWritten(boost::beast::error_code error);
    void lingeringClose();
    void discard();

    boost::beast::tcp_stream m_stream;
    std::shared_ptr<Core> m_core;
    boost::beast::flat_buffer m_buffer;
    // One request goes through m_header and then one of the others.
    std::optional<Parser<boost::beast::http::empty_body>> m_header;
    std::optional<Parser<boost::beast::http::string_body>> m_parser;
    std::optional<Parser<boost::beast::http::buffer_body>> m_bodyParser;
    std::shared_ptr<const Route> m_route;
    std::string m_pieceBytes;
    Piece m_piece;                     // who waits for the next piece of the body
    std::optional<Error> m_bodyError;  // of a streamed body, for good
    std::chrono::steady_clock::time_point m_bodyUntil;
    boost::beast::http::response<boost::beast::http::string_body> m_response;
    std::optional<boost::beast::http::response_serializer<boost::beast::http::string_body>> m_serializer;
    std::shared_ptr<const HttpContent> m_content;
    std::int64_t m_contentLeft = 0;
    std::string m_contentPiece;
    std::string m_remote, m_traceParent;
    std::string m_owner;  // guarded by the core's mutex once entered
    bool m_entered = false;
    bool m_inHand = false;
    bool m_keepAlive = false;
    bool m_head = false;
    bool m_expectsContinue = false;
    unsigned m_version = 11;
};

}  // namespace nova::kit::http
