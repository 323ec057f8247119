"""JupyterLab's connection to a kernel, answering without a pause.

    jupyter lab --ServerApp.kernel_websocket_connection_class=\
byhand.sliders.server.PromptConnection

A slider's move is answered by several short messages in a row. TCP holds the
second back until the browser has acknowledged the first (Nagle's algorithm),
and a browser that was just busy puts that off by 40 ms: twice as long as all
the rest of a redraw. Jupyter Server leaves the algorithm on.
"""

from jupyter_server.services.kernels.connection.channels import (
    ZMQChannelsWebsocketConnection,
)


class PromptConnection(ZMQChannelsWebsocketConnection):
    def connect(self):
        self.websocket_handler.set_nodelay(True)
        return super().connect()
